//! What has to hold after every kill, seen by whoever starts next.

use netex_users::domain::record::Standing;
use netex_users::journal::Journal;
use netex_users::journal::changes::Wish;
use netex_users::journal::store::Store;

use super::task::realm;

/// How often another child may write between two questions.
const PATIENCE: u32 = 500;

/// A journal without fault, no change on its way that nobody runs for, and everything that is not finished in the list of what needs
/// attention.
pub async fn around(journal: &Journal) -> Result<(), String> {
    let verified = journal.ask(Store::verify).await.map_err(|fault| fault.to_string())?;
    if !verified.faults.is_empty() {
        return Err(format!("the journal has faults: {}", verified.faults.join("; ")));
    }
    for _ in 0..PATIENCE {
        let (all, attention) = journal
            .ask(|store| Ok((store.changes(&realm(), &Wish::default())?, store.attention(&realm())?)))
            .await
            .map_err(|fault| fault.to_string())?;
        if let Some(change) = all.iter().find(|change| change.standing == Standing::Open && !change.elsewhere) {
            return Err(format!("{} is on its way and nobody runs for it", change.id));
        }
        if all.iter().filter(|change| change.standing.needs_attention()).count() == attention {
            return Ok(());
        }
    }
    Err("the list of what needs attention is not whole".to_owned())
}
