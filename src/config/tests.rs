//! What a faulty configuration is told, literally; and what a sound one means.

use crate::domain::field::Revision;
use crate::domain::tenant::Synchronization;

use super::*;

const SMALLEST: &str = r#"
[tenants.acme]
base_url = "https://acme.learningcloud.me/integration/ws"
token = { ask = true }
"#;

fn parse(text: &str) -> Config {
    read::parse(text, Path::new("/etc/nu")).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The faults of a text as the terminal shows them.
fn told(text: &str) -> Vec<String> {
    let faults = read::parse(text, Path::new("/etc/nu")).expect_err("the text is faulty");
    let error = ConfigError::Faulty { path: "c.toml".into(), faults };
    error.to_string().lines().map(String::from).collect()
}

/// The faults of one tenant with these lines besides its address and its token.
fn told_of(lines: &str) -> Vec<String> {
    told(&format!("{}{lines}\n", SMALLEST.trim_start()))
}

#[test]
fn the_sample_says_the_usual_values() {
    let sample = parse(init::SAMPLE);
    assert_eq!(sample.default_tenant.as_deref(), Some("acme"));
    assert_eq!(Config { default_tenant: None, ..sample }, parse(SMALLEST));
}

#[test]
fn what_the_sample_has_commented_out_is_understood() {
    let setting =
        |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned() + "\n";
    let text: String = init::SAMPLE.lines().map(setting).collect();
    let config = parse(&text);
    let tenant = &config.tenants[0];
    assert_eq!(tenant.ca_file.as_deref(), Some(Path::new("/etc/ssl/acme.pem")));
    assert_eq!(tenant.roles_file.as_deref(), Some(Path::new("/etc/nu/roles.toml")));
    let recipes: Vec<_> = config.recipes.iter().map(|recipe| recipe.recipe.name.as_str()).collect();
    assert_eq!(recipes, ["joiner", "trainer", "external", "leaver"]);
}

#[test]
fn every_setting_is_read() {
    let config = parse(
        r#"
default_tenant = "b"
log = "debug"
screen.colour = "256"
[tenants.b]
base_url = "https://b.example/integration/zuul/"
revision = "2023"
synchronization = "asynchronous"
token = { command = ["pass", "show", "b"] }
production = true
read_only = true
proxy = true
platforms = ["management", "play"]
connect_timeout = 3
timeout = 600
concurrency = 16
rate = 1000
max_harm = 0
ticket = "change"
[tenants.a]
base_url = "http://127.0.0.1:4000/integration/ws"
token = { file = "token" }
"#,
    );
    assert_eq!(config.default_tenant.as_deref(), Some("b"));
    assert_eq!((config.colour, config.log), (Colour::from_word("256").unwrap(), Verbosity::Debug));
    let [b, a] = config.tenants.as_slice() else { panic!("two tenants, in the order of the file") };
    assert_eq!(
        *b,
        TenantConfig {
            tenant: Tenant {
                name: "b".into(),
                sandbox: false,
                production: true,
                read_only: true,
                revision: Revision::Y2023,
                synchronization: Synchronization::Asynchronous,
            },
            base_url: Url::parse("https://b.example/integration/zuul").unwrap(),
            token: TokenSource::Command(["pass", "show", "b"].map(String::from).into()),
            proxy: true,
            ca_file: None,
            platforms: ["management", "play"].map(String::from).into(),
            roles_file: None,
            connect_timeout: Duration::from_secs(3),
            timeout: Duration::from_secs(600),
            concurrency: 16,
            rate: NonZeroU32::new(1000).unwrap(),
            max_harm: 0,
            ticket: crate::domain::tenant::TicketRule::Change,
        }
    );
    assert_eq!(a.token, TokenSource::File("/etc/nu/token".into()));
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_known_one() {
    assert_eq!(
        told_of("read-only = true\nnickname = 1"),
        [
            r#"c.toml:4: unknown key "read-only" in [tenants.acme]; did you mean "read_only"?"#,
            r#"c.toml:5: unknown key "nickname" in [tenants.acme]; it may have: base_url, revision, synchronization, production, read_only, token, proxy, platforms, connect_timeout, timeout, concurrency, rate, max_harm, ticket, ca_file, roles_file"#,
        ]
    );
    assert_eq!(
        told("default_tennant = \"a\"\n[tenant.a]\n[screen]\ncolor = \"none\""),
        [
            r#"c.toml:1: unknown key "default_tennant"; did you mean "default_tenant"?"#,
            r#"c.toml:2: unknown key "tenant"; did you mean "tenants"?"#,
            r#"c.toml:4: unknown key "color" in [screen]; did you mean "colour"?"#,
        ]
    );
}

#[test]
fn a_wrong_word_is_told_with_the_allowed_ones() {
    assert_eq!(
        told_of(
            "revision = \"orignal\"\nsynchronization = true\nproduction = \"no\"\ntimeout = 0\nconnect_timeout = 1.5"
        ),
        [
            r#"c.toml:4: "revision" wants one of "original", "2019", "2023"; did you mean "original"?"#,
            r#"c.toml:5: "synchronization" wants one of "synchronous", "asynchronous""#,
            r#"c.toml:6: "production" wants true or false, without quotes"#,
            r#"c.toml:7: "timeout" wants a whole number from 1 to 3600, without quotes"#,
            r#"c.toml:8: "connect_timeout" wants a whole number from 1 to 3600, without quotes"#,
        ]
    );
    assert_eq!(
        told_of("concurrency = 0\nrate = 0\nmax_harm = 100001"),
        [
            r#"c.toml:4: "concurrency" wants a whole number from 1 to 16, without quotes"#,
            r#"c.toml:5: "rate" wants a whole number from 1 to 1000, without quotes"#,
            r#"c.toml:6: "max_harm" wants a whole number from 0 to 100000, without quotes"#,
        ]
    );
    assert_eq!(told_of("concurrency = 17").len(), 1);
    assert_eq!(told_of("revision = 2019"), [r#"c.toml:4: "revision" wants one of "original", "2019", "2023""#]);
    assert_eq!(
        told("[screen]\ncolour = 16"),
        [r#"c.toml:2: "colour" wants one of "auto", "none", "16", "256", "true""#]
    );
}

#[test]
fn every_fault_of_every_tenant_is_told_at_once() {
    assert_eq!(
        told(
            "default_tenant = \"c\"\n[tenants.a]\n[tenants.b]\nbase_url = \"http://b.example\"\ntoken = {}\nproxi = true\n"
        ),
        [
            r#"c.toml:1: "default_tenant": there is no [tenants.c]"#,
            r#"c.toml:2: [tenants.a] has no base_url: add base_url = "https://NAME.learningcloud.me/integration/ws""#,
            r#"c.toml:2: [tenants.a] has no token: add token = { ask = true }, { file = "..." }, { command = ["..."] } or { env = "..." }"#,
            r#"c.toml:4: "base_url": plain http would show the token to everybody on the way: write https:// (http:// is for this machine alone)"#,
            r#"c.toml:5: "token" wants exactly one source: { ask = true }, { file = "..." }, { command = ["..."] } or { env = "..." }"#,
            r#"c.toml:6: unknown key "proxi" in [tenants.b]; did you mean "proxy"?"#,
        ]
    );
}

#[test]
fn a_token_in_the_file_is_refused_and_not_repeated() {
    for wrong in [
        "token = \"canary-1\"",
        "token = { env = \"canary-1\" }",
        "token = { env = \"A\", file = \"canary-1\" }",
        "token = { command = \"canary-1\" }",
        "token = { ask = \"canary-1\" }",
        "token = [\"canary-1\"]",
        "token = canary-1",
        "token = \"canary-1",
        "token = { value = \"canary-1\" }",
    ] {
        let told = told(&format!("[tenants.acme]\nbase_url = \"https://a.example/x\"\n{wrong}\n"));
        assert!(!told.is_empty() && told.iter().all(|line| line.starts_with("c.toml:3: ")), "{wrong}: {told:#?}");
        assert!(!told.concat().contains("canary"), "{wrong}: {told:#?}");
    }
    assert_eq!(
        told("[tenants.a]\nbase_url = \"https://a.example/x\"\ntoken = \"canary\"\n"),
        [
            r#"c.toml:3: the token itself must not stand in this file: write token = { ask = true }, { file = "..." }, { command = ["..."] } or { env = "..." }. If it was a real one, have it replaced"#
        ]
    );
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    assert_eq!(
        told("[tenants.a\nbase_url = \"x\"\n"),
        [
            "c.toml:1: this is not TOML: unclosed table, expected `]`. Texts stand between double quotes, tables between brackets"
        ]
    );
    assert_eq!(
        told("proxy = true\nproxy = false"),
        ["c.toml:2: this is not TOML: duplicate key. Texts stand between double quotes, tables between brackets"]
    );
}

#[test]
fn a_tenants_name_is_plain_and_not_sandbox() {
    let told = |name: &str| told(&SMALLEST.replace("acme]", &format!("{name}]")));
    assert_eq!(
        told("sandbox"),
        [r#"c.toml:2: "sandbox" always means the look-alike inside the program: give the tenant another name"#]
    );
    assert_eq!(
        told(r#""a\u001bb""#),
        [r#"c.toml:2: "a␛b" cannot be the name of a tenant: use up to 40 letters a-z, digits, "-", "_" and ".""#]
    );
}

#[test]
fn platforms_are_words_and_stand_there_once() {
    assert_eq!(
        told_of("platforms = [\"training\", \"train ing\", \"training\"]"),
        [
            r#"c.toml:4: "platforms": "train ing" is no name of a platform"#,
            r#"c.toml:4: "platforms": "training" stands there twice"#,
        ]
    );
    assert_eq!(told_of("platforms = [1]"), [r#"c.toml:4: "platforms" wants a list of texts, as in ["one", "two"]"#]);
}

#[test]
fn without_a_name_the_default_the_only_one_or_the_sandbox_is_chosen() {
    let one = parse(SMALLEST);
    assert_eq!(Config::default().choose(None), Ok(Choice::Sandbox));
    assert_eq!(one.choose(None), Ok(Choice::Tenant(&one.tenants[0])));
    let two = parse(&format!("{SMALLEST}{}", SMALLEST.replace("acme", "umbrella")));
    assert_eq!(
        two.choose(None).unwrap_err().to_string(),
        "there are several tenants: choose one with --tenant NAME, or set default_tenant in the configuration (acme, umbrella)"
    );
    let sandbox = Config { default_tenant: Some(SANDBOX.into()), ..two.clone() };
    assert_eq!(sandbox.choose(None), Ok(Choice::Sandbox));
    let umbrella = Config { default_tenant: Some("umbrella".into()), ..two };
    assert_eq!(umbrella.choose(None), Ok(Choice::Tenant(&umbrella.tenants[1])));
    assert_eq!(umbrella.choose(Some("acme")), Ok(Choice::Tenant(&umbrella.tenants[0])));
    assert_eq!(umbrella.choose(Some("sandbox")), Ok(Choice::Sandbox));
}

#[test]
fn an_unknown_tenant_is_told_with_the_known_ones_the_nearest_first() {
    let config = parse(&format!("{SMALLEST}{}", SMALLEST.replace("acme", "umbrella")));
    assert_eq!(
        config.choose(Some("umbrela")).unwrap_err().to_string(),
        "there is no tenant \"umbrela\"; there are: umbrella, acme, sandbox"
    );
    assert_eq!(
        Config::default().choose(Some("ac\u{1b}me")).unwrap_err().to_string(),
        "there is no tenant \"ac␛me\": the configuration names none; \"netex-users config init\" asks for one"
    );
}

#[test]
fn a_file_that_was_asked_for_has_to_exist() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no.toml");
    let told = load(Some(&path)).unwrap_err().to_string();
    assert_eq!(told, format!("{}: there is no such file; \"netex-users config init\" writes one", path.display()));
    private::write_new(&path, SMALLEST).unwrap();
    assert_eq!(load(Some(&path)).unwrap(), Config { path: Some(path), ..parse(SMALLEST) });
}

#[test]
fn a_program_for_a_token_does_not_see_the_tokens_of_other_tenants() {
    // Cargo sets the variable for every test.
    let text = SMALLEST.replace("{ ask = true }", "{ env = \"CARGO_PKG_NAME\" }");
    let other = SMALLEST.replace("acme", "b").replace(
        "{ ask = true }",
        "{ command = [\"sh\", \"-c\", \"echo ${CARGO_PKG_NAME-gone}${CARGO_PKG_VERSION:+there}\"] }",
    );
    let config = parse(&(text + &other));
    let token = config.token(&config.tenants[1], || Err(io::Error::other("nobody was to be asked")));
    assert!(token.is_ok_and(|token| token.expose() == "gonethere"));
}

#[test]
fn a_file_of_nothing_but_faults_is_told_in_short() {
    use std::fmt::Write as _;
    let mut text = String::new();
    for n in 0..5_000 {
        writeln!(text, "unknown_key_{n} = {n}").unwrap();
    }
    let told = told(&text);
    assert_eq!(told.len(), fault::MOST_TOLD + 1);
    assert!(told[0].starts_with("c.toml:1: unknown key \"unknown_key_0\""), "{}", told[0]);
    assert!(told[39].starts_with("c.toml:40: "), "{}", told[39]);
    assert_eq!(told[40], format!("c.toml: and {} more", 5_000 - fault::MOST_TOLD));
    let told = super::tests::told(&"= nothing\n".repeat(5_000));
    assert_eq!(told.len(), fault::MOST_TOLD + 1);
}
