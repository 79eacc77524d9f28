//! Sandboxes that outlive the program and write down what they are asked, and the folders with the journals of those who asked them: when a
//! folder goes, the two are held against each other (`invariants`).

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::path::Path;
use std::rc::Rc;

use netex_users::sandbox::Sandbox;

use crate::support::invariants::{self, Harness, Left, Recorder};

/// A sandbox that knows how many folders hold journals of what it is asked.
pub struct Watched {
    sandbox: Sandbox,
    folders: Cell<usize>,
}

impl Watched {
    /// A sandbox that nobody asks yet.
    pub fn new(sandbox: Sandbox) -> Rc<Self> {
        Rc::new(Self { sandbox, folders: Cell::new(0) })
    }
}

impl Deref for Watched {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

/// The sandboxes that the programs of one folder ask.
#[derive(Default)]
pub struct Asked(RefCell<Vec<Rc<Watched>>>);

impl Asked {
    /// One more.
    pub fn add(&self, sandbox: &Rc<Watched>) {
        if !self.0.borrow().iter().any(|known| Rc::ptr_eq(known, sandbox)) {
            sandbox.folders.set(sandbox.folders.get() + 1);
            self.0.borrow_mut().push(Rc::clone(sandbox));
        }
    }

    /// Looks at them, when the folder goes. What several folders have journals of is in none of them as a whole.
    pub fn assert_hold(&self, harness: Harness, folder: &Path) {
        for sandbox in &*self.0.borrow() {
            let person = |key: &str| sandbox.person(key);
            let recorder = Some(Recorder { asked: sandbox.log(), person: &person });
            let home = (sandbox.folders.get() == 1).then_some(folder);
            invariants::assert_hold(harness, &Left { home, recorder, ..Left::default() });
        }
    }
}

/// A folder for the journal of a test.
pub struct Folder {
    folder: tempfile::TempDir,
    asked: Asked,
}

impl Folder {
    /// One of those who ask no sandbox.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder for the test"), asked: Asked::default() }
    }

    /// One of those who ask this.
    pub fn of(sandbox: &Rc<Watched>) -> Self {
        let folder = Self::new();
        folder.asked.add(sandbox);
        folder
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let left = Left { home: Some(self.path()), ..Left::default() };
        invariants::assert_hold(Harness::World, &left);
        self.asked.assert_hold(Harness::World, self.path());
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use netex_users::api::{Client, PLATFORMS, Settings};
    use netex_users::domain::deed::Deed;
    use netex_users::domain::key::UserKey;
    use netex_users::domain::secret::Secret;
    use netex_users::domain::tenant::Synchronization;
    use netex_users::sandbox::Scenario;

    use super::*;
    use crate::chaos;

    /// Somebody is enabled without a journal, in a folder that is held against what the sandbox saw.
    async fn enabled_past_the_journal(folders: usize) -> bool {
        let roles = netex_users::codec::roles::catalogues(
            netex_users::codec::roles::BUILT_IN,
            netex_users::domain::field::Revision::Original,
        );
        let sandbox = Sandbox::start(Scenario::default(), 0, roles.expect("sound roles")).expect("a free port");
        let sandbox = Watched::new(sandbox);
        let folders: Vec<Folder> = (0..folders).map(|_| Folder::of(&sandbox)).collect();
        let settings = Settings {
            token: Secret::new(sandbox.token().to_owned()),
            platforms: PLATFORMS.map(str::to_owned).into(),
            ..chaos::settings_for(&sandbox.base_url())
        };
        let key = UserKey::parse("marta.lopez").expect("a key");
        let client = Client::new(settings).expect("a client");
        client.deed(&key, &Deed::Activate, Synchronization::Synchronous).await;
        catch_unwind(AssertUnwindSafe(|| drop(folders))).is_err()
    }

    #[tokio::test]
    async fn what_was_sent_past_the_journal_fails_the_test_when_its_folder_goes() {
        assert!(enabled_past_the_journal(1).await);
        assert!(!enabled_past_the_journal(2).await, "nobody can say which of them should have it");
    }
}
