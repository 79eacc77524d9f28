//! The targets, and those that are small enough to stand here: text, keys of addresses, keys of the terminal, files of people, pictures.

use std::sync::OnceLock;

use crossterm::event::{Event, KeyCode, KeyModifiers};
use netex_users::api::{Client, PLATFORMS, Settings};
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::codec::sheet::{Options, Sheet};
use netex_users::domain::draft::{Draft, Entry, Subject};
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::files::Wish;
use netex_users::domain::key::UserKey;
use netex_users::domain::photo::LIMIT;
use netex_users::domain::plan::{Match, Mode, Terms};
use netex_users::domain::roles::{Catalogue, RoleGrid};
use netex_users::domain::secret::Secret;
use netex_users::domain::tenant::Synchronization;
use netex_users::domain::untrusted::{is_hidden, visible};
use netex_users::media::load::from_bytes;
use netex_users::media::look::look_bytes;
use netex_users::runtime::input::Input;
use netex_users::runtime::keys::Decoder;
use url::Url;

use super::journal::{DATABASE, databases, open};
use super::wire::{ENVELOPE, WAITS, envelopes, reply, retry_after, waits};
use super::{Target, Verdict, sign};

/// Every target.
pub static TARGETS: [Target; 8] = [
    Target { name: "classify", seeds: envelopes, words: ENVELOPE, run: reply },
    Target { name: "retry_after", seeds: waits, words: WAITS, run: retry_after },
    Target { name: "sanitise", seeds: texts, words: TEXT, run: sanitise },
    Target { name: "url_key", seeds: texts, words: TEXT, run: url_key },
    Target { name: "key_events", seeds: typed, words: TYPED, run: key_events },
    Target { name: "csv_row", seeds: sheets, words: SHEET, run: csv_row },
    Target { name: "image_probe", seeds: images, words: IMAGE, run: image_probe },
    Target { name: "journal_open", seeds: databases, words: DATABASE, run: open },
];

const TEXT: &[&[u8]] = &[
    b"\x1b[2J",
    b"\x1b]52;c;eA==\x07",
    b"\r",
    b"\n",
    b"\t",
    b"..",
    b"%2e",
    b"/",
    b"\xc2\x9b",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xef\xbb\xbf",
    b"\xef\xb8\x8f",
    b"\xef\xb8\x8e",
    b"\xe2\x80\x8d",
    b"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
    b"\xc3\xb1",
    b"\xf3\xa0\x80\x81",
    b" ",
    b"\0",
];

fn texts() -> Vec<Vec<u8>> {
    [
        "marta.lopez",
        "..",
        "a/b?c#d%e",
        "Jos\u{e9} \u{202e}nidoc",
        "\u{1b}[31mred\u{1b}[0m",
        "x\r\ny",
        "👩‍💻",
        "8a8b8c8d8e8f",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

/// Whatever comes in, nothing hidden goes out, and plain text is as it was.
fn sanitise(bytes: &[u8]) -> Verdict {
    let text = String::from_utf8_lossy(bytes);
    let shown = visible(&text);
    if let Some(c) = shown.chars().find(|c| is_hidden(*c) || c.is_control()) {
        return Err(format!("{c:?} goes out"));
    }
    // What joins signs may stay between them, and never in a row but for a selector with a joiner behind it.
    let joins = |c: char| matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    let signs: Vec<char> = shown.chars().collect();
    let in_a_row = |two: &[char]| joins(two[0]) && joins(two[1]) && !(two[0] == '\u{fe0f}' && two[1] == '\u{200d}');
    if signs.first().is_some_and(|first| joins(*first)) || signs.windows(2).any(in_a_row) {
        return Err("a row of joiners goes out".to_owned());
    }
    if !text.chars().any(|c| is_hidden(c) || joins(c)) && shown != text {
        return Err("plain text was changed".to_owned());
    }
    if visible(&shown) != shown {
        return Err("what is visible is made visible again".to_owned());
    }
    let kinds: std::collections::BTreeSet<u32> = text.chars().filter(|c| is_hidden(*c)).map(u32::from).collect();
    Ok(sign(&(kinds.into_iter().take(3).collect::<Vec<_>>(), shown.contains('\u{200d}'))))
}

/// A key that is taken is the last segment of its address, byte for byte.
fn url_key(bytes: &[u8]) -> Verdict {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    let client = CLIENT.get_or_init(client);
    let text = String::from_utf8_lossy(bytes);
    let key = match UserKey::parse(&text) {
        Ok(key) => key,
        Err(fault) => return Ok(sign(&fault.to_string())),
    };
    let roles = RoleGrid::new([].into());
    let mut draft =
        Draft { revision: Revision::Original, subject: Subject::Blind(key), entries: [].into(), photo: None, roles };
    draft.entries.insert(Field::Location, Entry::Text("here".into()));
    let request = draft.check(&Catalogue::default()).map_err(|fault| format!("{fault:?}"))?;
    let transcript = client.transcript(&request, Synchronization::Synchronous);
    let path = transcript.strip_prefix("PUT ").and_then(|rest| rest.split_once(" HTTP/1.1\n")).map(|(path, _)| path);
    let Some(path) = path else {
        // It could not be written exactly, and was refused.
        return Ok(1);
    };
    let segment = path.strip_prefix("/integration/ws/management/rest/users/").ok_or("another path")?;
    if segment.contains(['/', '?', '#']) || decoded(segment) != text.as_bytes() {
        return Err(format!("{text:?} became {path}"));
    }
    Ok(sign(&(segment.contains('%'), segment.len().ilog2())))
}

/// Percent signs undone by the book.
fn decoded(segment: &str) -> Vec<u8> {
    let mut parts = segment.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).map(|digits| u8::from_str_radix(digits, 16)) {
            Some(Ok(byte)) => out.push(byte),
            _ => out.push(b'%'),
        }
        out.extend_from_slice(part.as_bytes().get(2..).unwrap_or_default());
    }
    out
}

fn client() -> Client {
    let settings = Settings {
        base_url: Url::parse("https://acme.learningcloud.me/integration/ws").expect("an address"),
        token: Secret::new("fuzz".into()),
        read_only: false,
        proxy: false,
        authorities: None,
        connect: std::time::Duration::from_secs(1),
        total: std::time::Duration::from_secs(2),
        platforms: PLATFORMS.map(str::to_owned).into(),
    };
    Client::new(settings).expect("a client")
}

const TYPED: &[&[u8]] = &[
    b"\x1b[200~",
    b"\x1b[201~",
    b"\x1b",
    b"\x1b[A",
    b"\x1bOP",
    b"\x1b[1;5C",
    b"\x1b[<0;1;1M",
    b"\x1b]11;rgb:0/0/0\x07",
    b"\x1bP",
    b"\x03",
    b"\r",
    b"\xc3",
    b"\xb1",
    b"\xff",
    b"\x1b[27;5;13~",
    b"\x1b[?62c",
];

fn typed() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 6] = [
        b"hello\r",
        b"\x1b[A\x1b[B\x1b",
        b"\x1b[200~pasted\r\n\x1b[201~x",
        b"\x1b[200~no end",
        b"\xc3\xb1\xff",
        b"\x1b[1;2R",
    ];
    texts.map(|text| [&[7], text].concat()).into()
}

/// Whatever was sent and however it was cut, the keys are back when nothing more comes, and Ctrl-C is heard.
fn key_events(bytes: &[u8]) -> Verdict {
    let (cut, bytes) = bytes.split_first().unwrap_or((&1, &[]));
    let mut decoder = Decoder::default();
    let mut inputs = Vec::new();
    for chunk in bytes.chunks(usize::from(*cut).max(1)) {
        inputs.extend(decoder.feed(chunk));
    }
    for _ in 0..3 {
        if decoder.patience().is_some() {
            inputs.extend(decoder.settle());
        }
    }
    if decoder.patience().is_some() {
        return Err("it waits without end".to_owned());
    }
    for (byte, code, modifiers) in
        [(b'q', KeyCode::Char('q'), KeyModifiers::NONE), (3, KeyCode::Char('c'), KeyModifiers::CONTROL)]
    {
        let heard = decoder.feed(&[byte]);
        let is_heard = |input: &Input| matches!(input, Input::Terminal(Event::Key(key)) if (key.code, key.modifiers) == (code, modifiers));
        if !heard.iter().any(is_heard) {
            return Err(format!("{code:?} is not heard: {heard:?}"));
        }
    }
    Ok(sign(&inputs.iter().take(6).map(kind).collect::<Vec<_>>()))
}

fn kind(input: &Input) -> String {
    let Input::Terminal(event) = input else { return format!("{input:?}") };
    if let Event::Key(key) = event {
        let is_char = matches!(key.code, KeyCode::Char(_));
        return if is_char {
            format!("char {:?}", key.modifiers)
        } else {
            format!("{:?} {:?}", key.code, key.modifiers)
        };
    }
    if matches!(event, Event::Paste(_)) { "paste".to_owned() } else { format!("{input:?}") }
}

const SHEET: &[&[u8]] = &[
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"username",
    b"roles.training",
    b"password",
    b"enabled",
    b"image",
    b",",
    b";",
    b"\t",
    b"\"",
    b"\"\"",
    b"\r\n",
    b"\n",
    b"\0",
    b"!clear",
    b"none",
    b"'=1+1",
    b"{\"username\":\"x\"}",
    b"\xe9",
];

fn sheets() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 5] = [
        b"username,name,surname,email,language,timezone,password\nmarta.lopez,Marta,Lopez,m@acme.example,es,Europe/Paris,Kanari3#Vogel\n",
        b"Usuario;E-mail;roles.training;enabled\r\nmarta;m@acme.example;user;no\r\noliver;\"o@acme.example\";none;\r\n",
        b"username\tofficePhone\nmarta\t'+34 981\n",
        b"{\"username\": \"marta\", \"roles\": {\"training\": [\"user\"]}, \"enabled\": false}\n{\"username\": \"o\"}\n",
        b"\xff\xfeu\0s\0e\0r\0n\0a\0m\0e\0\n\0m\0\n\0",
    ];
    texts.map(<[u8]>::to_vec).into()
}

/// A file is refused with a place for each fault, or every line of it can be read.
fn csv_row(bytes: &[u8]) -> Verdict {
    static TERMS: OnceLock<Terms> = OnceLock::new();
    let terms = TERMS.get_or_init(|| Terms {
        mode: Mode::CreateOrUpdate,
        matching: Match::Username,
        revision: Revision::Original,
        catalogues: catalogues(BUILT_IN, Revision::Original).expect("the data of roles is good"),
        makes_passwords: true,
    });
    match Sheet::read(bytes.to_vec(), &Options::default(), terms) {
        Ok(sheet) => {
            let rows: Vec<_> = sheet.rows().collect();
            if rows.len() != sheet.len() {
                return Err("a line was lost".to_owned());
            }
            let lines: Vec<u64> = (0..sheet.len()).map(|index| sheet.line(index)).collect();
            if !lines.is_sorted_by(|one, other| one < other) {
                return Err("two people stand in one line".to_owned());
            }
            Ok(sign(&(sheet.guess().to_string(), rows.len().min(3), rows.first().map(|row| row.entries.len()))))
        }
        Err(faults) => {
            let told = faults.to_string();
            if faults.stops.is_empty() || told.chars().any(|c| c != '\n' && is_hidden(c)) {
                return Err(format!("refused and not told: {told:?}"));
            }
            let first = faults.stops[0].to_string();
            let words = first.split_once(": ").map_or(first.as_str(), |(_, words)| words);
            Ok(sign(&words.split(' ').take(4).collect::<Vec<_>>()))
        }
    }
}

const IMAGE: &[&[u8]] = &[
    b"\x89PNG\r\n\x1a\n",
    b"IHDR",
    b"IDAT",
    b"IEND",
    b"tEXt",
    b"acTL",
    b"GIF89a",
    b"\xff\xd8\xff",
    b"\xff\xe1",
    b"Exif\0\0",
    b"\xff\xd9",
    b"RIFF",
    b"WEBP",
    b"VP8X",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"<svg",
    b"\0\0\xff\xff",
    b"\xff\xff\xff\x7f",
];

/// Small pictures of every format that is read.
fn images() -> Vec<Vec<u8>> {
    use image::{DynamicImage, ImageFormat, RgbImage};
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(9, 7, |x, y| {
        image::Rgb([u8::try_from(x * 28).unwrap_or(0), u8::try_from(y * 36).unwrap_or(0), 90])
    }));
    let formats =
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff];
    let written = |format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("it can be written");
        bytes.into_inner()
    };
    formats.map(written).into()
}

/// What is taken fits, can be read again, and is as large as was said; everything else is refused in words.
fn image_probe(bytes: &[u8]) -> Verdict {
    let look = look_bytes(bytes.to_vec(), "fuzz", (20, 20));
    let load = from_bytes(bytes.to_vec(), "fuzz", Wish { convert: true, shrink: true });
    match (look, load) {
        (Ok(look), Ok(picture)) => {
            if picture.bytes.len() > LIMIT {
                return Err(format!("{} bytes go out", picture.bytes.len()));
            }
            let again =
                image::load_from_memory(&picture.bytes).map_err(|error| format!("it cannot be read: {error}"))?;
            if (again.width(), again.height()) != (picture.width, picture.height) {
                return Err("another size than was said".to_owned());
            }
            Ok(sign(&(format!("{:?}", look.format), format!("{:?}", look.offer), picture.notes.len())))
        }
        (Err(one), Err(other)) if one == other => {
            let text = format!("{one:?}");
            Ok(sign(&text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_owned()))
        }
        (Ok(_), Err(fault)) => Err(format!("it was offered, and refused when chosen: {fault:?}")),
        (Err(fault), Ok(_)) => Err(format!("it was refused, and taken when chosen: {fault:?}")),
        (Err(one), Err(other)) => Err(format!("two faults: {one:?}, {other:?}")),
    }
}
