//! A program that prints a token: `pass`, `secret-tool`, `vault`, `op`.
//!
//! It is started without a shell and with nothing to read, and gets a limited time. It stays in our process group, so that it may still
//! ask for a passphrase on the terminal.

use std::io::{self, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use zeroize::Zeroizing;

use crate::domain::untrusted::visible;

/// How much of the output is read, in bytes. More than any token has.
const LIMIT: usize = 8192;

/// How much of a complaint is shown, in characters.
const COMPLAINT: usize = 200;

/// How a program ended.
struct Ended {
    status: io::Result<ExitStatus>,
    output: Zeroizing<Vec<u8>>,
    complaint: Vec<u8>,
}

/// What a program prints. It does not see the variables of `hidden`.
///
/// # Errors
/// It could not be started, failed, or took too long, in words. Its output is in none of them.
pub(super) fn output(argv: &[String], hidden: &[&str], patience: Duration) -> Result<Zeroizing<Vec<u8>>, String> {
    let (program, arguments) = argv.split_first().ok_or("the configuration names no program")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in hidden {
        command.env_remove(name);
    }
    let child = command.spawn().map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            return "there is no such program".to_owned();
        }
        format!("it cannot be started: {error}")
    })?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let ended = wait(child);
    match ended.recv_timeout(patience) {
        Ok(ended) => judge(ended),
        Err(RecvTimeoutError::Timeout) => {
            // Not yet waited for, so the number is still its own.
            pid.map(|pid| kill_process(pid, Signal::KILL));
            // Until it is gone; a child of its own may hold the pipe for longer, which is not worth waiting for.
            let _ = ended.recv_timeout(Duration::from_secs(1));
            Err(format!("it did not end within {} seconds, and was stopped", patience.as_secs()))
        }
        Err(RecvTimeoutError::Disconnected) => Err("it could not be waited for".into()),
    }
}

/// Reads both pipes to their ends, each on its own thread: a full one would hold the program for ever.
fn wait(mut child: Child) -> Receiver<Ended> {
    let (send, ended) = channel();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let complaint = thread::spawn(move || stderr.map_or_else(Vec::new, read_complaint));
    thread::spawn(move || {
        let output = stdout.map_or_else(|| Zeroizing::new(Vec::new()), read_output);
        let complaint = complaint.join().unwrap_or_default();
        let status = child.wait();
        // Nobody listens any more where the time was up.
        let _ = send.send(Ended { status, output, complaint });
    });
    ended
}

/// One allocation, so that no copies are left behind. A program that prints more than fits finds its pipe closed.
fn read_output(stdout: ChildStdout) -> Zeroizing<Vec<u8>> {
    let mut output = Zeroizing::new(Vec::with_capacity(LIMIT + 64));
    // What cannot be read is an empty token, which is refused.
    let _ = stdout.take(LIMIT as u64).read_to_end(&mut output);
    output
}

fn read_complaint(mut stderr: impl Read) -> Vec<u8> {
    let mut complaint = Vec::new();
    let _ = stderr.by_ref().take(LIMIT as u64).read_to_end(&mut complaint);
    let _ = io::copy(&mut stderr, &mut io::sink());
    complaint
}

fn judge(ended: Ended) -> Result<Zeroizing<Vec<u8>>, String> {
    let status = ended.status.map_err(|error| format!("it could not be waited for: {error}"))?;
    if status.success() {
        return Ok(ended.output);
    }
    let complaint = String::from_utf8_lossy(&ended.complaint);
    let last = complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing");
    let last: String = visible(last.trim()).chars().take(COMPLAINT).collect();
    Err(format!("it failed ({status}) and said: {last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(String::from).into()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_a_program_prints_is_taken_and_its_arguments_reach_it_whole() {
        let argv = ["printf", "%s", "a b;$HOME"].map(String::from);
        assert_eq!(output(&argv, &[], LONG).unwrap().as_slice(), b"a b;$HOME");
    }

    #[test]
    fn it_has_nothing_to_read_and_does_not_see_hidden_variables() {
        // Cargo sets the first for every test.
        let script = "cat; echo \"${CARGO_MANIFEST_DIR-gone} ${PATH:+there}\"";
        assert_eq!(output(&sh(script), &["CARGO_MANIFEST_DIR"], LONG).unwrap().as_slice(), b"gone there\n");
    }

    #[test]
    fn a_failure_tells_the_last_complaint_made_visible_and_not_the_output() {
        let error =
            output(&sh("echo canary; echo first >&2; printf '\\033[2Jno such entry\\n\\n' >&2; exit 3"), &[], LONG);
        assert_eq!(error.unwrap_err(), "it failed (exit status: 3) and said: ␛[2Jno such entry");
        assert_eq!(output(&sh("exit 1"), &[], LONG).unwrap_err(), "it failed (exit status: 1) and said: nothing");
    }

    #[test]
    fn a_flood_on_either_pipe_ends() {
        let flood = sh("head -c 1000000 /dev/zero >&2 && printf token");
        assert_eq!(output(&flood, &[], LONG).unwrap().as_slice(), b"token");
        // Its pipe is closed after the limit, so the writer ends by itself; whether with an error is the shell's affair.
        let flood = ["cat", "/dev/zero"].map(String::from);
        assert!(output(&flood, &[], LONG).unwrap_err().starts_with("it failed (signal: 13"));
    }

    #[test]
    fn a_program_that_does_not_end_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("pid");
        let script = format!("echo $$ > {}; exec sleep 600", note.display());
        let error = output(&sh(&script), &[], Duration::from_secs(1)).unwrap_err();
        assert_eq!(error, "it did not end within 1 seconds, and was stopped");
        let pid: i32 = std::fs::read_to_string(note).unwrap().trim().parse().unwrap();
        let gone = rustix::process::test_kill_process(Pid::from_raw(pid).unwrap());
        assert_eq!(gone.unwrap_err(), rustix::io::Errno::SRCH);
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let argv = ["netex-no-such-program".to_owned()];
        assert_eq!(output(&argv, &[], LONG).unwrap_err(), "there is no such program");
    }
}
