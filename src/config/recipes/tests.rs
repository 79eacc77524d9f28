//! What a recipe means, what a faulty one is told, and who offers which.

use super::*;
use crate::config::fault::Fault;

const TENANTS: &str = "tenants.acme = { base_url = \"https://a.example/x\", token = { ask = true } }\n";

fn parse(text: &str) -> Config {
    read::parse(&format!("{TENANTS}{text}"), Path::new("/")).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The faults of these lines of a recipe, numbered from 1.
fn told(lines: &str) -> Vec<String> {
    let text = format!("{TENANTS}[recipes.r]\nhelp = \"Somebody\"\n{lines}\n");
    let faults = read::parse(&text, Path::new("/")).expect_err("the recipe is faulty");
    faults.into_iter().map(|Fault { line, what }| format!("{}: {what}", line - 3)).collect()
}

fn names(recipes: &[Recipe]) -> Vec<&str> {
    recipes.iter().map(|recipe| recipe.name.as_str()).collect()
}

#[test]
fn every_part_of_a_recipe_is_read() {
    let config = parse(concat!(
        "[recipes.\"new trainer\"]\nhelp = \"Gives courses\"\ntenants = [\"acme\", \"sandbox\"]\n",
        "username = \"t-{name.initial}{surname.ascii}\"\nemail = \"{username}@acme.example\"\n",
        "aboutMe = \"\"\"one\ntwo\"\"\"\nenabled = false\nroles.training = [\"trainer\", \"user\"]\n",
        "[recipes.a]\nhelp = \"Another\"\n"
    ));
    let [trainer, a] = config.recipes.as_slice() else { panic!("two, in the order of the file") };
    let values = [
        (Field::Username, "t-{name.initial}{surname.ascii}"),
        (Field::Email, "{username}@acme.example"),
        (Field::AboutMe, "one\ntwo"),
    ];
    assert_eq!(
        *trainer,
        RecipeConfig {
            recipe: Recipe {
                name: "new trainer".into(),
                help: "Gives courses".into(),
                values: values.map(|(field, value)| (field, value.to_owned())).into(),
                roles: [("training".to_owned(), ["trainer", "user"].map(String::from).into())].into(),
                enabled: Some(false),
            },
            tenants: Some(vec!["acme".into(), "sandbox".into()]),
        }
    );
    let recipe = Recipe { name: "a".into(), help: "Another".into(), ..Recipe::default() };
    assert_eq!(*a, RecipeConfig { recipe, tenants: None });
}

#[test]
fn a_pattern_that_cannot_be_filled_is_told_with_what_may_stand_there() {
    let how = "write {name}, {name.ascii} or {name.initial}";
    assert_eq!(
        told("username = \"{name\"\nlocation = \"{shoe}\"\ninterests = \"{name.upper}\"\naboutMe = \"name}\""),
        [
            format!("1: \"username\" has a pattern that cannot be filled: {{name: a brace is not closed; {how}"),
            format!("2: \"location\" has a pattern that cannot be filled: {{shoe}}: there is no field shoe; {how}"),
            format!(
                "3: \"interests\" has a pattern that cannot be filled: {{name.upper}}: upper is neither ascii nor initial; {how}"
            ),
            format!("4: \"aboutMe\" has a brace without its other half; {how}"),
        ]
    );
}

#[test]
fn a_pattern_is_made_of_what_is_there_when_it_is_filled() {
    let ends =
        "which may be empty then: a pattern may name name, surname and what the recipe fills in above it in the form";
    for (line, odd) in [
        // A secret must not get into a field that is shown.
        ("email = \"{password}@acme.example\"", "password"),
        ("email = \"{username}@acme.example\"", "username"),
        ("username = \"{username}\"", "username"),
        ("username = \"{email}\"\nemail = \"{name.ascii}@acme.example\"", "email"),
    ] {
        let key = line.split(' ').next().unwrap();
        assert_eq!(told(line), [format!("1: \"{key}\" names {{{odd}}}, {ends}")]);
    }
    assert_eq!(
        told("surname = \"{name}\""),
        ["1: \"surname\" cannot be a pattern: patterns are filled once the names are typed"]
    );
}

#[test]
fn a_value_that_the_form_would_refuse_is_told_in_the_forms_words() {
    assert_eq!(
        told(concat!(
            "email = \"{name.ascii}\"\nlanguage = \"Spanish\"\ntimezone = \"Paris time\"\nofficePhone = \"none\"\n",
            "location = \"\"\ninterests = \"a\\u001bb\"\nusername = \"{name}/x\"\nmobilePhone = 7"
        )),
        [
            "1: \"email\" is not an address such as name@acme.example",
            "2: \"language\" is not a code such as es or pt-BR",
            "3: \"timezone\" is not a name such as Europe/Paris",
            "4: \"officePhone\" is not a number such as +34 981 000 000",
            "5: \"location\" is empty: leave it out, or write what shall stand there",
            "6: \"interests\" has a hidden character, or a second line where one is expected: type it again",
            &format!("7: \"username\" {}", crate::domain::key::UserKey::parse("x/x").unwrap_err()),
            "8: \"mobilePhone\" wants a text between double quotes",
        ]
    );
}

#[test]
fn what_has_no_place_in_a_recipe_is_refused_and_not_repeated() {
    let update = "cannot be part of a recipe: only an update sets it, and a recipe is for somebody new";
    let told = told(concat!(
        "password = \"canary\"\nimage = \"canary\"\nextra = \"canary\"\nexternalId = \"canary\"\n",
        "extendedFields = { canary = \"1\" }\nusernam = \"canary\"\nshoe = 1"
    ));
    assert_eq!(
        told[..6],
        [
            "1: \"password\" must not stand in a recipe: everybody whom it fills in would have the same one".into(),
            "2: \"image\" cannot be part of a recipe: choose the picture in the form".into(),
            format!("3: \"extra\" {update}"),
            format!("4: \"externalId\" {update}"),
            format!("5: \"extendedFields\" {update}"),
            "6: unknown key \"usernam\" in [recipes.r]; did you mean \"username\"?".into(),
        ]
    );
    assert!(told[6].starts_with("7: unknown key \"shoe\" in [recipes.r]; it may have: help, tenants, username, "));
    assert!(!told.concat().contains("canary"), "{told:#?}");
}

#[test]
fn a_key_that_is_refused_is_never_offered_as_what_was_meant() {
    let told = told("passwort = \"x\"");
    assert!(told.len() == 1 && told[0].contains("it may have: ") && !told[0].contains("password"), "{told:#?}");
}

#[test]
fn tenants_roles_and_names_are_checked() {
    assert_eq!(
        told("tenants = [\"acne\", \"b\"]\nenabled = \"no\"\n[recipes.r.roles]\ntraining = \"user\"\nsocial = [\"\"]"),
        [
            "1: \"tenants\": there is no [tenants.acne]; did you mean \"acme\"?",
            "1: \"tenants\": there is no [tenants.b]",
            "2: \"enabled\" wants true or false, without quotes",
            "4: \"training\" wants a list of texts, as in [\"one\", \"two\"]",
            "5: \"roles\": \"\" is no name of a section or role",
        ]
    );
    assert_eq!(
        told("tenants = []\n[recipes.\"a\\u202eb\"]\n[recipes]\nx = 1"),
        [
            "1: \"tenants\" wants a name at least; left out, every tenant offers the recipe",
            "2: \"a⟨U+202E⟩b\" cannot be the name of a recipe: use 1 to 40 characters that can be seen",
            "2: [recipes.a⟨U+202E⟩b] has no help: add help = \"...\", what the recipe is for in a sentence",
            "4: \"x\" under [recipes] wants a table, as in [recipes.NAME]",
        ]
    );
    assert_eq!(told("[recipes.b]\nhelp = \" \""), ["2: \"help\" wants one line that says what the recipe is for"]);
}

#[test]
fn a_tenant_offers_what_is_for_all_and_what_is_for_itself() {
    let config = parse(concat!(
        "tenants.b = { base_url = \"https://b.example/x\", token = { ask = true } }\n",
        "[recipes.both]\nhelp = \"1\"\n[recipes.mine]\nhelp = \"2\"\ntenants = [\"acme\"]\n"
    ));
    assert_eq!(names(&config.recipes_for("acme").unwrap()), ["both", "mine"]);
    assert_eq!(names(&config.recipes_for("b").unwrap()), ["both"]);
    assert_eq!(names(&config.recipes_for(SANDBOX).unwrap()), ["both"]);
}

#[test]
fn the_sandbox_offers_the_examples_where_it_has_no_others_and_a_tenant_never_does() {
    let none = Config::default();
    assert_eq!(names(&none.recipes_for(SANDBOX).unwrap()), ["joiner", "trainer", "leaver"]);
    assert!(parse("").recipes_for("acme").unwrap().is_empty());
    let elsewhere = parse("[recipes.r]\nhelp = \"1\"\ntenants = [\"acme\"]\n");
    assert_eq!(names(&elsewhere.recipes_for(SANDBOX).unwrap()), ["joiner", "trainer", "leaver"]);
}
