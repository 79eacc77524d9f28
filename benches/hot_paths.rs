//! What runs for every key, every reply and every picture: `cargo bench`.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use netex_users::api::classify::{Reply, classify};
use netex_users::app::editor::Edit;
use netex_users::app::model::Model;
use netex_users::app::msg::{Act, Msg};
use netex_users::app::update::update;
use netex_users::codec::json;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::draft::Subject;
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::look::{Depth, Look};
use netex_users::domain::photo::{LIMIT, MediaType, Photo, Picture, Thumb};
use netex_users::domain::request::Request;
use netex_users::domain::tenant::{Synchronization, Tenant};
use netex_users::ui::draw;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

fn filled() -> Model {
    let tenant = Tenant {
        name: "sandbox".into(),
        sandbox: true,
        production: false,
        read_only: false,
        revision: Revision::Original,
        synchronization: Synchronization::Synchronous,
    };
    let catalogues = catalogues(BUILT_IN, Revision::Original).expect("the built-in roles are without fault");
    let mut model = Model::new(tenant, Look { depth: Depth::TwoFiftySix, unicode: true }, catalogues);
    model.begin(Subject::New);
    let typed = [
        (Field::Username, "nora.vidal"),
        (Field::Password, "correct horse"),
        (Field::Name, "Nora"),
        (Field::Surname, "Vidal"),
        (Field::Email, "nora.vidal@acme.example"),
        (Field::Language, "gl"),
        (Field::Timezone, "Europe/Paris"),
    ];
    for (field, text) in typed {
        model.form.put(field, text);
    }
    model
}

/// A letter and its rubbing out, each drawn: two keys.
fn keys(bench: &mut Criterion) {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let mut model = filled();
        model.form.go_to(Field::Surname);
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a test terminal never fails");
        bench.bench_function(&format!("two keys, updated and drawn, {columns}x{rows}"), |bench| {
            bench.iter(|| {
                for msg in [Msg::Type('x'), Msg::Act(Act::Edit(Edit::Backspace))] {
                    let _ = black_box(update(&mut model, msg));
                    terminal.draw(|frame| draw(&model, frame)).expect("a test terminal never fails");
                }
            });
        });
    }
}

fn replies(bench: &mut Criterion) {
    let body = r#"{"location":null,"message":"","responsePlatforms":{"training":{"location":null,"message":null,"status":201},
        "social":{"location":null,"message":null,"status":201},"management":{"location":null,"message":null,"status":201}},"status":201}"#;
    let reply = Reply::of(200, body);
    let expected = ["management", "training", "social"].map(str::to_owned);
    bench.bench_function("classify a reply", |bench| bench.iter(|| black_box(classify(&reply, &expected))));
}

fn with_picture() -> Request {
    let mut model = filled();
    model.image.photo = Some(Photo::Picture(Picture {
        name: "nora.jpg".into(),
        bytes: Arc::from(vec![0x5A; LIMIT]),
        media_type: MediaType::Jpeg,
        width: 1024,
        height: 1024,
        notes: Vec::new(),
        thumb: Thumb::default(),
    }));
    model.draft().check(model.catalogue()).expect("the draft is without fault")
}

fn bodies(bench: &mut Criterion) {
    let request = with_picture();
    let mut group = bench.benchmark_group("bodies");
    group.throughput(Throughput::Bytes(LIMIT as u64));
    group.bench_function("encode a picture of 700 KB", |bench| bench.iter(|| black_box(json::encode(&request))));
    group.finish();
}

criterion_group!(benches, keys, replies, bodies);
criterion_main!(benches);
