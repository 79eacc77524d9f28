//! The built-in roles against api.md 4.4, and what a faulty file is told.

use super::*;

fn catalogue(text: &str, revision: Revision, operation: Operation) -> Result<Catalogue, Vec<String>> {
    catalogues(text, revision).map(|both| both.of(operation).clone())
}

/// A catalogue as the table of api.md 4.4 writes it: a section and its roles a line, `*` where one is mandatory.
fn written(revision: Revision, operation: Operation) -> Vec<String> {
    let catalogue = catalogue(BUILT_IN, revision, operation).expect("the built-in roles are sound");
    let line = |section: &Section| {
        let roles: Vec<_> = section.roles.iter().map(|role| role.key.as_str()).collect();
        format!("{}{}: {}", section.key, if section.needs_one { "*" } else { "" }, roles.join(", "))
    };
    catalogue.sections().iter().map(line).collect()
}

#[test]
fn the_original_pages_have_four_sections() {
    for operation in [Operation::Create, Operation::Update] {
        assert_eq!(
            written(Revision::Original, operation),
            ["management: user, admin", "training: user, trainer, admin", "social: user, admin", "play: user, admin"]
        );
    }
}

#[test]
fn the_middle_pages_want_a_role_in_management() {
    for (revision, operation) in [
        (Revision::Y2019, Operation::Create),
        (Revision::Y2019, Operation::Update),
        // Create stayed here on the very date on which update moved on.
        (Revision::Y2023, Operation::Create),
    ] {
        assert_eq!(
            written(revision, operation),
            [
                "management*: user, groupadmin, admin",
                "training: user, trainer, groupadmin, admin",
                "social: user, admin",
                "play: user, author, validator, admin",
            ]
        );
    }
}

#[test]
fn the_latest_update_has_six_sections() {
    assert_eq!(
        written(Revision::Y2023, Operation::Update),
        [
            "management*: user, groupadmin, admin",
            "training: user, trainer, groupadmin, admin",
            "social: user, admin",
            "play: user, author, validator, admin, groupadmin",
            "talent: admin, employee",
            "content: author, manager, reviewer, projectowner",
        ]
    );
}

#[test]
fn administrators_are_grave_and_nobody_else_is() {
    let catalogue = catalogue(BUILT_IN, Revision::Y2023, Operation::Update).unwrap();
    let grave: BTreeSet<_> = catalogue
        .sections()
        .iter()
        .flat_map(|section| &section.roles)
        .filter_map(|role| role.grave.then_some(role.key.as_str()))
        .collect();
    assert_eq!(grave, BTreeSet::from(["admin", "groupadmin"]));
}

#[test]
fn every_role_is_helped_with_one_sentence() {
    let catalogue = catalogue(BUILT_IN, Revision::Y2023, Operation::Update).unwrap();
    for role in catalogue.columns() {
        assert!(role.help.ends_with('.') && role.help.matches(". ").count() == 0, "{}: {}", role.key, role.help);
        assert!(role.label.len() <= 13, "{} is too wide for a column", role.label);
    }
}

/// The smallest sound file, to be broken.
const SOUND: &str = r#"[revisions]
original = { create = "all", update = "all" }
[lists]
all = [
    { section = "management", roles = ["user"] },
]
[sections]
management = { label = "Management" }
[roles]
user = { label = "User", help = "Uses it." }
"#;

fn faults(text: &str) -> Vec<String> {
    catalogue(text, Revision::Original, Operation::Create).expect_err("the text is faulty")
}

#[test]
fn a_tenants_own_file_may_know_one_revision_alone() {
    let catalogue = catalogue(SOUND, Revision::Original, Operation::Update).unwrap();
    assert_eq!(catalogue.sections().len(), 1);
    assert!(!catalogue.sections()[0].needs_one);
}

#[test]
fn every_fault_is_told_with_its_line() {
    let text = r#"[revisions]
2018 = { create = "all", update = "none" }
[lists]
all = [
    { section = "management", roles = ["user", "boss", "user"] },
    { section = "management", roles = [] },
    { section = "lounge", roles = ["user"] },
]
empty = []
[sections]
management = { label = " " }
[roles]
user = { label = "User", help = "Hides \u001b something." }
"#;
    assert_eq!(
        faults(text),
        [
            r#"line 1: the revision "original" is missing under [revisions]"#,
            r#"line 2: there is no list "none" under [lists]"#,
            r#"line 2: there is no revision "2018"; there are: original, 2019, 2023"#,
            r#"line 5: the role "boss" is not described under [roles]"#,
            r#"line 5: the section "management" has the role "user" twice"#,
            r#"line 6: the list "all" has the section "management" twice"#,
            r#"line 6: the section "management" has no role"#,
            r#"line 7: the section "lounge" is not described under [sections]"#,
            r#"line 9: the list "empty" has no section"#,
            r#"line 11: the section "management" has an empty label"#,
            r#"line 13: the role "user" has a hidden character in its name or help"#,
        ]
    );
}

#[test]
fn a_text_of_another_shape_says_where() {
    let misspelled = SOUND.replace("help =", "hepl =");
    assert_eq!(faults(&misspelled), ["line 10: unknown field `hepl`, expected one of `label`, `help`, `grave`"]);
    let broken = SOUND.replace("[lists]", "[lists");
    assert_eq!(faults(&broken), ["line 3: unclosed table, expected `]`"]);
}
