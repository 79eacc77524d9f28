//! Screens.
use crate::app::model::{Catalogues, Model};
use crate::codec::roles::{BUILT_IN, catalogue};
use crate::domain::field::{Operation, Revision};
use crate::domain::look::{Depth, Look};
use crate::domain::tenant::{Synchronization, Tenant};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
#[test]
fn look() {
    let tenant = Tenant {
        name: "sandbox".into(),
        sandbox: true,
        production: false,
        read_only: false,
        revision: Revision::Original,
        synchronization: Synchronization::Synchronous,
    };
    let cat = |op| catalogue(BUILT_IN, Revision::Original, op).unwrap();
    let mut model = Model::new(
        tenant,
        Look { depth: Depth::Sixteen, unicode: true },
        Catalogues { create: cat(Operation::Create), update: cat(Operation::Update) },
    );
    for (w, h) in [(80, 24), (120, 40), (40, 12)] {
        let mut t = Terminal::new(TestBackend::new(w, h)).unwrap();
        t.draw(|f| super::draw(&model, f)).unwrap();
        println!("{}", t.backend());
    }
    let _ = crate::app::update::update(&mut model, crate::app::msg::Msg::Act(crate::app::msg::Act::Help));
    let mut t = Terminal::new(TestBackend::new(80, 24)).unwrap();
    t.draw(|f| super::draw(&model, f)).unwrap();
    println!("{}", t.backend());
}
