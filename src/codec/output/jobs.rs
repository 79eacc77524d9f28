//! The JSON documents of files of people: a plan with what became of it, the jobs, and the lines of one.
//!
//! Plans and lines may be a hundred thousand, so their documents are printed while they are made: a beginning, one piece for each, an end that
//! says how it came out.

use serde_json::{Map, Value, json};

use crate::codec::output::line;
use crate::domain::code::Code;
use crate::domain::ending::Ending;
use crate::domain::job::{Counts, Job, JobId, JobLine};
use crate::domain::plan::Tally;

/// The beginning of the document of an import: the records of the plan follow, with [`planned`] for each.
pub const IMPORT: &str = "{\"act\":\"import\",\"plan\":[";

/// What became of a file of people, beside its plan.
#[derive(Clone, Debug, Default)]
pub struct Outcome<'a> {
    /// How the file was read; nothing where it could not be.
    pub read: Option<String>,
    /// The plan's hash; nothing where it was not made to its end.
    pub hash: Option<String>,
    /// How many lines would do what.
    pub planned: Option<Tally>,
    /// Nothing was to be sent.
    pub dry_run: bool,
    /// What became of the job; nothing where none was begun.
    pub run: Option<Run<'a>>,
    /// The stable name of what went wrong; nothing where nothing did.
    pub code: Option<Code>,
    /// Why it ended as it did, where the lines do not say it.
    pub cause: Option<&'a str>,
    /// What the agent should know.
    pub notes: &'a [String],
}

/// What became of a job that was carried out.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The job.
    pub job: JobId,
    /// How many lines stand where.
    pub counts: &'a Counts,
    /// `complete`, `stopped` or `paused`.
    pub ended: &'a str,
}

/// One record of a plan, as [`crate::codec::plan::Writer`] wrote it.
pub fn planned(record: &str, is_first: bool) -> String {
    format!("{}\n{}", comma(is_first), line(record.trim_end()).trim_end())
}

/// The end of the document of an import.
pub fn end_of_import(outcome: &Outcome<'_>, ending: Ending) -> String {
    let tally = |tally: Tally| json!({"create": tally.create, "update": tally.update, "unchanged": tally.unchanged, "error": tally.error});
    let mut end = Map::new();
    end.insert("read".into(), json!(outcome.read));
    end.insert("hash".into(), json!(outcome.hash));
    end.insert("planned".into(), outcome.planned.map_or(Value::Null, tally));
    end.insert("dryRun".into(), json!(outcome.dry_run));
    run(&mut end, outcome.run);
    rest(&mut end, outcome, ending);
    closing(end)
}

/// The document of a job that was gone on with.
pub fn resumed(outcome: &Outcome<'_>, ending: Ending) -> String {
    let mut document = Map::new();
    document.insert("act".into(), json!("jobs resume"));
    run(&mut document, outcome.run);
    rest(&mut document, outcome, ending);
    line(&Value::Object(document).to_string()).to_string()
}

/// The document of all jobs.
pub fn jobs(jobs: &[Job]) -> String {
    let jobs: Vec<_> = jobs.iter().map(job).collect();
    let document = json!({"act": "jobs", "jobs": jobs, "verdict": Ending::Done.word(), "exit": Ending::Done.code()});
    line(&document.to_string()).to_string()
}

/// The beginning of the document of one job: its lines follow, with [`job_line`] for each.
pub fn begin_job(act: &str, of: &Job) -> String {
    let (act, of) = (json!(act).to_string(), job(of).to_string());
    format!("{{\"act\":{act},\"job\":{},\"lines\":[", line(&of).trim_end())
}

/// One line of a job; `reason` is what is known of why it stands so.
pub fn job_line(of: &JobLine, reason: Option<&str>, is_first: bool) -> String {
    let plan = &of.plan;
    let document = json!({
        "line": plan.line, "username": plan.username, "action": plan.action, "state": plan.state.word(),
        "reason": reason, "change": of.change.map(|id| id.0),
    });
    format!("{}\n{}", comma(is_first), line(&document.to_string()).trim_end())
}

/// The end of the document of one job.
pub fn end_of_job(ending: Ending, cause: Option<&str>) -> String {
    let mut end = Map::new();
    end.insert("cause".into(), json!(cause));
    say(&mut end, ending);
    closing(end)
}

fn comma(is_first: bool) -> &'static str {
    if is_first { "" } else { "," }
}

fn closing(end: Map<String, Value>) -> String {
    let end = line(&Value::Object(end).to_string());
    format!("\n],{}", end.strip_prefix('{').unwrap_or(&end))
}

fn run(document: &mut Map<String, Value>, run: Option<Run<'_>>) {
    document.insert("job".into(), json!(run.map(|run| run.job.0)));
    document.insert("lines".into(), run.map_or_else(|| json!({}), |run| counts(run.counts)));
    document.insert("ended".into(), json!(run.map_or("not begun", |run| run.ended)));
}

fn rest(document: &mut Map<String, Value>, outcome: &Outcome<'_>, ending: Ending) {
    document.insert("code".into(), json!(outcome.code.map(Code::name)));
    document.insert("cause".into(), json!(outcome.cause));
    document.insert("notes".into(), json!(outcome.notes));
    say(document, ending);
}

fn say(document: &mut Map<String, Value>, ending: Ending) {
    document.insert("verdict".into(), json!(ending.word()));
    document.insert("exit".into(), json!(ending.code()));
}

fn counts(counts: &Counts) -> Value {
    let pairs = counts.iter().map(|(state, count)| (state.word().to_owned(), json!(count)));
    Value::Object(pairs.collect())
}

fn job(job: &Job) -> Value {
    json!({
        "job": job.id.0, "at": job.at, "source": job.head.source, "hash": job.head.plan, "state": job.shown_state().word(),
        "lines": job.head.lines, "counts": counts(&job.counts),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::job::{JobHead, JobState, LineState, NewLine};
    use crate::domain::record::{Realm, Standing};
    use crate::domain::untrusted::is_hidden;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn job() -> Job {
        let word = |word: &str| word.to_owned();
        let head =
            JobHead { source: word("a}\u{1b}.csv"), digest: word("d"), plan: word("h"), terms: word("{}"), lines: 3 };
        let counts = [(LineState::Waiting, 1), (LineState::Sent(Standing::Done), 2)].into();
        let realm = Realm { tenant: word("acme"), origin: word("o") };
        Job { id: JobId(7), realm, at: 1_700_000_000_000, head, state: JobState::Stopped, claimed: false, counts }
    }

    #[test]
    fn an_import_is_one_document_however_it_is_printed() {
        let counts = job().counts;
        let run = Some(Run { job: JobId(7), counts: &counts, ended: "stopped" });
        let notes = ["a\u{202e}b".to_owned()];
        let outcome = Outcome { run, notes: &notes, ..Outcome::default() };
        let end = end_of_import(&outcome, Ending::Stopped);
        let record = "{\"line\":2,\"username\":\"\u{202e}x\"}\n";
        let text = [IMPORT, &planned(record, true), &planned(record, false), &end].concat();
        assert_eq!(read(&text)["plan"][1]["username"], "\u{202e}x");
        assert_eq!(read(&text)["lines"], json!({"waiting": 1, "done": 2}));
        assert_eq!((&read(&text)["exit"], &read(&text)["ended"]), (&json!(130), &json!("stopped")));
        assert!(!text.replace('\n', "").chars().any(is_hidden));
        assert_eq!(read(&[IMPORT, &end].concat())["plan"], json!([]));
        assert_eq!(read(&resumed(&outcome, Ending::Done))["job"], 7);
    }

    #[test]
    fn a_job_is_one_document_whatever_its_file_is_called() {
        assert_eq!(read(&jobs(&[job()]))["jobs"][0]["source"], "a}\u{1b}.csv");
        let plan = NewLine {
            line: 4,
            username: "n".into(),
            action: "create".into(),
            digest: String::new(),
            state: LineState::Error,
            reason: None,
        };
        let one = JobLine { plan, change: None };
        let end = end_of_job(Ending::Done, None);
        let text = [begin_job("jobs show", &job()), job_line(&one, Some("why"), true), end].concat();
        assert_eq!((&read(&text)["job"]["job"], &read(&text)["lines"][0]["reason"]), (&json!(7), &json!("why")));
        assert_eq!(read(&text)["lines"][0]["state"], "error");
    }
}
