//! The table of [`Code`]: one entry for each name, in the order of the enum.
//!
//! The words hold for a read, for a change on the screen and for a command alike; what only one of them can say is said where it is shown.

use super::{Code, Entry};

/// What is said of the server wherever nothing of the request can have reached a platform.
const NOTHING: &str = "Nothing was changed.";
/// What is kept wherever a change was not sent, or was refused.
const TYPED: &str = "What you typed is kept.";
/// What is kept of a request that left.
const JOURNAL: &str = "What you typed is kept, and the journal has the request with all that is known of it.";
/// What is known of a request in doubt.
const DOUBT: &str = "A change may have been done or not; a read changes nothing.";
/// What is to be done about it.
const LOOK: &str = "Look the user up before sending the change again; the program never repeats it by itself.";

/// The table.
pub const ENTRIES: [Entry; 30] = [
    Entry {
        code: Code::Queued,
        name: "queued",
        happened: "The change was accepted, and at least one platform put it into its queue.",
        server: "The platforms that said done have it; how it ends on the others nobody will say.",
        kept: "The journal has the request and what each platform answered.",
        next: "Look at the user again later, and send synchronously where every platform's answer matters.",
        more: "The service gives no number by which a queued change could be asked for. Management can be read back, which shows field by \
               field what has arrived there; what social and the others made of it stays unconfirmed, and is never called done.",
    },
    Entry {
        code: Code::PartlyDone,
        name: "partly-done",
        happened: "Some platforms carried the change out, and some failed or did not report.",
        server: "The platforms that are shown as done have it; the others do not, or nobody knows.",
        kept: JOURNAL,
        next: "Open the user and send the same fields again as an update, which repairs the platforms that lack them.",
        more: "After a create the user exists, so a second create is never the way: it would be refused as taken, or make a second person. \
               An update of the same fields changes nothing on the platforms that have them.",
    },
    Entry {
        code: Code::Rejected,
        name: "rejected",
        happened: "The service refused the change.",
        server: NOTHING,
        kept: TYPED,
        next: "Read what the service says, mend the field that it means, and send again.",
        more: "The status and the service's own words stand in the answer in full. A username that is taken, a password that the tenant's \
               rules refuse and a picture that is too large come this way. A 404 on an update says that the person was renamed or deleted.",
    },
    Entry {
        code: Code::TokenRefused,
        name: "token-refused",
        happened: "The service did not accept the token, or the token may not do this.",
        server: NOTHING,
        kept: TYPED,
        next: "Check with \"netex-users doctor\" which source the token comes from, and have it replaced where it is old.",
        more: "401 says that the token is not known, 403 that it lacks a right. A token belongs to one tenant: one of another tenant is \
               refused in the same way. It is never shown, and never taken from the command line.",
    },
    Entry {
        code: Code::Redirected,
        name: "redirected",
        happened: "The server pointed to another address, which was not followed.",
        server: "Nothing was changed, except that a 303 may come after a change that was carried out.",
        kept: TYPED,
        next: "Compare base_url in the configuration with the tenant's address; a sign-in in front of the service has to let the token pass.",
        more: "The token, and with 307 and 308 the whole change, would go wherever the server points. So no redirect is ever followed, and \
               the host that it names is shown.",
    },
    Entry {
        code: Code::TooManyRequests,
        name: "too-many-requests",
        happened: "The service asks to wait, because it got too many requests.",
        server: "Nothing was changed: it turned the request away before looking at it.",
        kept: TYPED,
        next: "Wait as long as it asks, then send again; a smaller \"concurrency\" asks less at a time.",
        more: "The limit is shared by everybody who uses the tenant's services, other programs among them.",
    },
    Entry {
        code: Code::GatewayFault,
        name: "gateway-fault",
        happened: "Something in front of the service answered with an error that does not say whether the request was carried out.",
        server: DOUBT,
        kept: JOURNAL,
        next: LOOK,
        more: "A 502 or 504 comes from a gateway that lost the service's answer, often after the service did its work. A 503 usually says \
               that nothing was done, but not reliably so.",
    },
    Entry {
        code: Code::NoConnection,
        name: "no-connection",
        happened: "The host could not be reached: its name is not known here, or nobody answers at its port.",
        server: "Nothing was changed: no byte of the request left.",
        kept: TYPED,
        next: "Check the network, the VPN and base_url, then send again.",
        more: "\"netex-users doctor\" tells a name that is not known from a port that is closed. A proxy is used only where the tenant's \
               configuration says proxy = true.",
    },
    Entry {
        code: Code::TlsRefused,
        name: "tls-refused",
        happened: "No secure connection could be made: the certificate or the protocol was refused.",
        server: "Nothing was changed: no byte of the request left, and the token neither.",
        kept: TYPED,
        next: "Read the reason; where the tenant has an authority of its own, name its certificate with ca_file.",
        more: "There is no switch that leaves the check out, because the token would be given to whoever answers. A clock that is wrong \
               makes good certificates look expired or not valid yet.",
    },
    Entry {
        code: Code::Timeout,
        name: "timeout",
        happened: "No complete answer came in time.",
        server: DOUBT,
        kept: JOURNAL,
        next: LOOK,
        more: "A synchronous change waits for every platform and may take minutes. \"timeout\" in the configuration says how long is waited; \
               a longer wait is safe, a second sending is not.",
    },
    Entry {
        code: Code::ConnectionBroken,
        name: "connection-broken",
        happened: "The connection broke after the request had begun to leave.",
        server: DOUBT,
        kept: JOURNAL,
        next: LOOK,
        more: "The service may have got all of it and done it, and only its answer was lost. A create is settled by looking the username up \
               and comparing what was sent; that somebody of this name exists proves nothing by itself.",
    },
    Entry {
        code: Code::NotTheApi,
        name: "not-the-api",
        happened: "A web page came back instead of an answer of the API.",
        server: "Probably nothing was changed, but nobody said so: a change is in doubt until it is looked up.",
        kept: JOURNAL,
        next: "Check base_url, and whether a sign-in page stands in front of the service.",
        more: "A gateway's sign-in page comes with status 200 and would look like success to a program that trusts the status alone. The \
               address ends with /integration/ws or /integration/zuul.",
    },
    Entry {
        code: Code::AnswerUnclear,
        name: "answer-unclear",
        happened: "An answer came that is empty, too long, or cannot be understood.",
        server: DOUBT,
        kept: JOURNAL,
        next: LOOK,
        more: "What is not understood is never taken for success. The beginning of the answer stands in the answer in full, for whoever \
               runs the service. At most 8 MiB of an answer are read.",
    },
    Entry {
        code: Code::Interrupted,
        name: "interrupted",
        happened: "The program ended, or was ended, while a request was on its way.",
        server: DOUBT,
        kept: "The journal has the request; it stands under \"need attention\" at the next start.",
        next: LOOK,
        more: "Whoever leaves is waited for three seconds at most, so that an answer that is near is still heard. After a kill or a power cut the \
               journal still has every request, because it is written there before its first byte leaves.",
    },
    Entry {
        code: Code::ReadOnly,
        name: "read-only",
        happened: "A change was asked for, and this tenant or this session only reads.",
        server: "Nothing was changed: no byte of the request left.",
        kept: TYPED,
        next: "Choose another tenant, or set read_only = false where changes are meant to be possible.",
        more: "The client itself refuses every write of a read-only tenant, whatever asked for it. A session is read-only too where there \
               is no journal that could keep what was sent.",
    },
    Entry {
        code: Code::NotPrepared,
        name: "not-prepared",
        happened: "What was to be sent could not be made, or the last look before sending forbade it.",
        server: "Nothing was changed: no byte of the request left.",
        kept: TYPED,
        next: "Read the reason; mend the field or the picture that it names, and send again.",
        more: "A picture that is no picture, a username that no address can carry, and a person who is not as the plan showed them come \
               this way. Before a person is deleted they are read once more, and only a disabled one goes.",
    },
    Entry {
        code: Code::OwnFault,
        name: "own-fault",
        happened: "This program met a fault of its own.",
        server: "A change that was on its way may have been done or not; otherwise nothing was changed.",
        kept: "The journal has every request that left; the log says where in the program it was.",
        next: "Look the user up if a request was on its way, and report the place that was named.",
        more: "The message of such a fault is neither shown nor logged, because it may hold what somebody typed. The terminal is given back.",
    },
    Entry {
        code: Code::NoSuchUser,
        name: "no-such-user",
        happened: "There is no user of this id or username, says the service itself.",
        server: NOTHING,
        kept: TYPED,
        next: "Check the spelling, capitals included, or find the person in the list.",
        more: "A 404 counts as this only where it comes from the service: a gateway's 404 says that a service is missing, not a person. \
               Somebody who was renamed or deleted meanwhile is not found either, and is never created instead.",
    },
    Entry {
        code: Code::NoReadService,
        name: "no-read-service",
        happened: "The tenant does not seem to have a service that reads users.",
        server: NOTHING,
        kept: TYPED,
        next: "Ask whoever runs the tenant for it; until then a user can be updated unread, with only what you type.",
        more: "404 or 405 came from something that is not the API's own answer. Without reading, nobody can be shown before a change, no \
               conflict is noticed, and a change in doubt cannot be settled.",
    },
    Entry {
        code: Code::SomeoneElse,
        name: "someone-else",
        happened: "Somebody else than was meant has this username, or was answered with.",
        server: "Nothing was changed for the person that you meant.",
        kept: TYPED,
        next: "Open the user who was found, compare, and choose another username where it is another person.",
        more: "After a create in doubt the username is looked up and compared with what was sent. A service that folds capitals answers \
               with another spelling, which is shown and never taken for the same.",
    },
    Entry {
        code: Code::ChangedMeanwhile,
        name: "changed-meanwhile",
        happened: "Somebody else changed the same field since the person was read.",
        server: "Nothing of this change was sent; the other change stands.",
        kept: TYPED,
        next: "Compare what was loaded, what is theirs and what is yours, and decide field by field.",
        more: "Every update is preceded by reading the person again. A field that somebody set to just what you want is no conflict. A \
               picture cannot be compared, because the service tells only that there is one.",
    },
    Entry {
        code: Code::Claimed,
        name: "claimed",
        happened: "Another session works on the same thing: it sends this change, or holds what is needed for it.",
        server: "Nothing was sent by this session.",
        kept: TYPED,
        next: "Finish it in the other session, or wait until that one has ended; the claim ends with it.",
        more: "Two sessions of one agent see each other's open requests, so that the same create cannot be sent twice. A claim belongs to \
               a running program and ends with it, however it ends.",
    },
    Entry {
        code: Code::ConfigFaulty,
        name: "config-faulty",
        happened: "The configuration is missing, cannot be trusted, or has faults.",
        server: "Nothing was sent.",
        kept: "The file is as it was.",
        next: "Mend each line that is named, then try \"netex-users config check\".",
        more: "Every fault is told at once, with file and line. A file or folder that others may write is refused, because the \
               configuration names programs that are started. \"netex-users config init\" writes a new one.",
    },
    Entry {
        code: Code::NoToken,
        name: "no-token",
        happened: "The token could not be had from where the configuration says that it is.",
        server: "Nothing was sent.",
        kept: "Nothing had been typed yet.",
        next: "Read the reason; mend the source of the token, or the line \"token\" of the tenant.",
        more: "A token's file has to be yours alone (chmod 600). A program has ten seconds to print it, and does not see the variables that \
               hold the tokens of other tenants. What no header can carry is refused rather than cut.",
    },
    Entry {
        code: Code::Usage,
        name: "usage",
        happened: "The program was called in a way that cannot work.",
        server: "Nothing was sent.",
        kept: "Nothing was changed on this machine either.",
        next: "Read the complaint, and \"netex-users --help\" for the options.",
        more: "The exit code is 2. A tenant that does not exist, an option that would change nothing, and a screen without a terminal come \
               this way.",
    },
    Entry {
        code: Code::LocalFault,
        name: "local-fault",
        happened: "Something on this machine is in the way: a file, a folder, a port or the terminal.",
        server: "Nothing was sent because of it.",
        kept: "What is on the disk is as it was.",
        next: "Read which one it is; \"netex-users doctor\" looks at all of them.",
        more: "The exit code is 6. Folders of the program have to be yours alone (chmod 700), and files in them too (chmod 600).",
    },
    Entry {
        code: Code::NoJournal,
        name: "no-journal",
        happened: "The journal cannot be opened or written, so nothing is sent.",
        server: "Nothing was sent: a change that cannot be kept is not made.",
        kept: "What is on the screen; reading goes on.",
        next: "Mend what \"netex-users doctor\" says of the journal and the state folder, and start again.",
        more: "Every request is on the disk before its first byte leaves, so that nothing is lost or sent twice whatever happens. Where \
               that is not possible the program only reads.",
    },
    Entry {
        code: Code::JournalDamaged,
        name: "journal-damaged",
        happened: "The journal is not what the program wrote: damaged, changed, or of a newer program.",
        server: "Nothing was sent because of it.",
        kept: "The file is left as it is, or moved aside, and never deleted.",
        next: "Look at it with \"netex-users journal verify\"; use the program that wrote it where that was a newer one.",
        more: "Each row of the journal vouches for the one before it, so that a row that was changed or taken out is found. The program \
               never repairs a journal by itself, because the damage may be evidence.",
    },
    Entry {
        code: Code::DiskFull,
        name: "disk-full",
        happened: "The disk or the quota is full, or the disk failed.",
        server: "Nothing was sent where the intent could not be written; an answer that came is shown all the same.",
        kept: "What is on the screen, and everything that was on the disk before.",
        next: "Make room in the state folder's file system, then send again.",
        more: "A write that the disk did not confirm counts as not written, and is not tried again behind your back. \"netex-users doctor\" \
               says how much room there is.",
    },
    Entry {
        code: Code::CsvFaulty,
        name: "csv-faulty",
        happened: "A file of people has rows or columns that cannot be used.",
        server: "Nothing was sent: no row leaves before all rows have passed.",
        kept: "The file is as it was.",
        next: "Mend each row and column that is named, and try again; a dry run sends nothing.",
        more: "Every fault is told with its row and column. An empty cell never empties a field on the server by itself.",
    },
];
