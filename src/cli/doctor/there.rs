//! The way to a tenant's service, step by step, by one read: proxy, name, connection, TLS, token, service, clock.

use url::Url;

use crate::api::probe::Probe;
use crate::api::{Client, Settings};
use crate::cli::workplace::{settings_of, settings_of_sandbox};
use crate::cli::{CliError, ask, catalogues, sandbox};
use crate::config::environment::proxies;
use crate::config::{Config, TenantConfig, base_url};
use crate::domain::checkup::Finding;
use crate::domain::code::Code;
use crate::domain::outcome::{Cause, ReadFault};
use crate::domain::secret::Secret;
use crate::runtime::clock;

/// How far two clocks may be apart, in seconds. Dates in a history that differ by more are misread, and TLS begins to fail at some point.
const APART: i64 = 120;

/// What was seen of the way.
struct Seen {
    probe: Probe,
    /// How long it took, in milliseconds.
    ms: u128,
    /// Our own clock when the answer was there, in seconds since 1970.
    now: i64,
}

/// Looks at a tenant of the configuration.
pub fn tenant(config: &Config, tenant: &TenantConfig) -> Vec<Finding> {
    let name = &tenant.tenant.name;
    let (host, url) = (base_url::as_written(&tenant.base_url), &tenant.base_url);
    let mut findings = vec![Finding::fine("tenant", format!("{name}, at {host}"))];
    findings.push(proxy(tenant.proxy, &proxies()));
    if let Err(error) = catalogues::read(tenant.tenant.revision, tenant.roles_file.as_deref()) {
        findings.push(refused("roles", &error));
    }
    let token = match config.token(tenant, || ask::token(name)) {
        Ok(token) => token,
        Err(error) => {
            let error = CliError::from(error);
            let mend = "mend the source that is named, or the line \"token\" of the tenant; the service was not asked";
            findings.push(Finding::fail("token", Code::NoToken, error.to_string(), mend));
            return findings;
        }
    };
    match settings(tenant, token).and_then(|settings| Ok(Client::new(settings)?)) {
        Ok(client) => findings.extend(way(&client, url)),
        Err(error) => findings.push(refused("tenant", &error)),
    }
    findings
}

/// Looks at the look-alike inside the program, which shows at least that this machine lets a program talk to itself.
pub fn sandbox() -> Vec<Finding> {
    let mut findings =
        vec![Finding::fine("tenant", "the sandbox inside the program; no tenant is configured or chosen")];
    match of_sandbox() {
        Ok((_sandbox, client, url)) => findings.extend(way(&client, &url)),
        Err(error) => findings.push(refused("sandbox", &error)),
    }
    findings
}

fn of_sandbox() -> Result<(crate::sandbox::Sandbox, Client, Url), CliError> {
    let scenario = sandbox::scenario(None, None)?;
    let revision = scenario.revision();
    let catalogues = catalogues::read(revision, None)?;
    let sandbox = sandbox::start(scenario, 0, catalogues)?;
    let base_url = Url::parse(&sandbox.base_url()).map_err(|error| CliError::Local(error.to_string()))?;
    let settings = settings_of_sandbox(&sandbox, base_url.clone(), revision);
    let settings = Settings { read_only: true, ..settings };
    Ok((sandbox, Client::new(settings)?, base_url))
}

/// The client is read-only: it refuses a write, whatever comes into this file later.
fn settings(tenant: &TenantConfig, token: Secret) -> Result<Settings, CliError> {
    Ok(Settings { read_only: true, ..settings_of(tenant, token)? })
}

fn refused(name: &'static str, error: &CliError) -> Finding {
    let code = error.name().unwrap_or(Code::LocalFault);
    Finding::fail(name, code, error.to_string(), code.entry().next)
}

fn proxy(used: bool, set: &[&str]) -> Finding {
    let names = set.join(", ");
    match (used, set) {
        (false, []) => Finding::fine("proxy", "none is set, and none would be used"),
        (false, _) => Finding::fine(
            "proxy",
            format!("{names} in the environment; not used, because the tenant does not say proxy = true"),
        ),
        (true, []) => Finding::warn(
            "proxy",
            "the tenant says proxy = true, and the environment names none",
            "set HTTPS_PROXY, or take proxy = true out of the configuration",
        ),
        (true, _) => Finding::fine("proxy", format!("{names} in the environment; used, as the tenant says")),
    }
}

/// Asks, and says of each step whether it was taken.
fn way(client: &Client, url: &Url) -> Vec<Finding> {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return vec![refused("connection", &CliError::from(error))],
    };
    let seen = runtime.block_on(async {
        let watch = clock::Stopwatch::start();
        let probe = client.probe().await;
        Seen { probe, ms: watch.elapsed().as_millis(), now: clock::seconds() }
    });
    // A thread that still waits for a name server must not hold up the shell's prompt.
    runtime.shutdown_background();
    steps(&seen, url)
}

fn steps(seen: &Seen, url: &Url) -> Vec<Finding> {
    let host = url.host_str().unwrap_or_default();
    let taken = [
        Finding::fine("name", format!("{host} is known")),
        Finding::fine("connection", format!("port {} answers", url.port_or_known_default().unwrap_or_default())),
        Finding::fine(
            "tls",
            if url.scheme() == "https" { "the certificate is accepted" } else { "not needed: it is this very machine" },
        ),
        Finding::fine("token", "the service accepts it"),
    ];
    let (steps, last) = match &seen.probe.people {
        Ok(_) => (4, Finding::fine("service", format!("the list of people can be read; answered in {} ms", seen.ms))),
        Err(fault) => failed(fault),
    };
    let mut findings: Vec<_> = taken.into_iter().take(steps).chain([last]).collect();
    findings.extend(seen.probe.date.map(|theirs| apart(seen.now - theirs)));
    findings
}

/// How many steps were taken before the one that failed, and what is said of that one.
fn failed(fault: &ReadFault) -> (usize, Finding) {
    let code = Code::of_read(fault);
    let fail = |name| Finding::fail(name, code, fault.to_string(), mend(code));
    match fault {
        ReadFault::Failed(Cause::Lookup) => (0, fail("name")),
        ReadFault::Failed(Cause::Connect) => (1, fail("connection")),
        ReadFault::Failed(Cause::Tls(_)) => (2, fail("tls")),
        ReadFault::Failed(Cause::Token(_)) => (3, fail("token")),
        // Whether the token is accepted is not known then.
        ReadFault::Failed(
            Cause::Platforms
            | Cause::Refused(_)
            | Cause::Redirect(_)
            | Cause::TooMany(_)
            | Cause::Gateway(_)
            | Cause::Timeout(_)
            | Cause::Broken
            | Cause::WebPage
            | Cause::TooLong(_)
            | Cause::Nonsense(_)
            | Cause::ReadOnly
            | Cause::Local(_)
            | Cause::NoJournal(_)
            | Cause::InFlight(_)
            | Cause::ReadBack,
        )
        | ReadFault::NotFound
        | ReadFault::NoService(_)
        | ReadFault::SomeoneElse(_) => (3, fail("service")),
    }
}

/// What to do where a look failed. What the table says is of changes, and nothing was changed.
fn mend(code: Code) -> &'static str {
    let passing =
        [Code::Timeout, Code::ConnectionBroken, Code::GatewayFault, Code::AnswerUnclear, Code::TooManyRequests];
    if passing.contains(&code) {
        return "look again in a while; where it stays so, give this line to whoever runs the service";
    }
    code.entry().next
}

/// What is said of two clocks; `ours` is how far ours is ahead, in seconds.
fn apart(ours: i64) -> Finding {
    let (by, ahead) = (ours.abs(), if ours > 0 { "ahead of" } else { "behind" });
    if by <= APART {
        return Finding::fine("clock", format!("within {APART} s of the server's"));
    }
    Finding::warn(
        "clock",
        format!("this machine's clock is {by} s {ahead} the server's"),
        "have this machine's clock set by NTP; until then times in the history differ from the service's",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::checkup::Grade;
    use crate::domain::untrusted::Untrusted;

    fn names(people: Result<usize, ReadFault>) -> String {
        let seen = Seen { probe: Probe { date: None, people }, ms: 7, now: 0 };
        let url = Url::parse("https://acme.learningcloud.me/integration/ws").expect("a URL");
        let line = |finding: &Finding| format!("{} {}", finding.grade.word(), finding.name);
        steps(&seen, &url).iter().map(line).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_step_that_failed_is_named_and_those_before_it_are_fine() {
        assert_eq!(names(Ok(1)), "ok name, ok connection, ok tls, ok token, ok service");
        let failed = |cause| names(Err(ReadFault::Failed(cause)));
        assert_eq!(failed(Cause::Lookup), "FAIL name");
        assert_eq!(failed(Cause::Connect), "ok name, FAIL connection");
        assert_eq!(failed(Cause::Tls(Untrusted::new("expired"))), "ok name, ok connection, FAIL tls");
        assert_eq!(failed(Cause::Token(401)), "ok name, ok connection, ok tls, FAIL token");
        assert_eq!(failed(Cause::Gateway(502)), "ok name, ok connection, ok tls, FAIL service");
        assert_eq!(names(Err(ReadFault::NoService(404))), "ok name, ok connection, ok tls, FAIL service");
    }

    #[test]
    fn clocks_that_are_more_than_two_minutes_apart_are_warned_of() {
        for (ours, grade) in
            [(0, Grade::Fine), (120, Grade::Fine), (-120, Grade::Fine), (121, Grade::Warn), (-121, Grade::Warn)]
        {
            assert_eq!(apart(ours).grade, grade, "{ours}");
        }
        assert_eq!(apart(7200).words, "this machine's clock is 7200 s ahead of the server's");
        assert_eq!(apart(-7200).words, "this machine's clock is 7200 s behind the server's");
    }

    #[test]
    fn a_proxy_is_named_without_what_stands_in_it() {
        assert_eq!(proxy(false, &[]).grade, Grade::Fine);
        assert_eq!(proxy(true, &[]).grade, Grade::Warn);
        assert!(proxy(false, &["HTTPS_PROXY"]).words.starts_with("HTTPS_PROXY in the environment; not used"));
        assert!(
            proxy(true, &["HTTPS_PROXY", "ALL_PROXY"])
                .words
                .starts_with("HTTPS_PROXY, ALL_PROXY in the environment; used")
        );
    }
}
