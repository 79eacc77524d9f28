//! Pictures from the disk and the clipboard: what is taken, what is done to it, and what is refused (faults.md 99).

mod corpus;

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use image::{DynamicImage, ImageFormat};
use netex_users::domain::files::{EntryKind, Format, MOST_FILE, MOST_PIXELS, MediaFault, Offer, Wish};
use netex_users::domain::photo::{LIMIT, MediaType, Picture};
use netex_users::media::folder::list;
use netex_users::media::load::{THUMB, from_bytes, load};
use netex_users::media::look::{look, look_bytes};
use proptest::prelude::*;
use rustix::fs::{CWD, FileType, Mode};

const ALL: Wish = Wish { convert: true, shrink: true };

fn taken(bytes: Vec<u8>, wish: Wish) -> Picture {
    from_bytes(bytes, "pasted", wish).expect("this picture is taken")
}

fn refused(bytes: &[u8]) -> MediaFault {
    let look = look_bytes(bytes.to_vec(), "pasted", THUMB).expect_err("this is refused when looked at");
    let load = from_bytes(bytes.to_vec(), "pasted", ALL).expect_err("this is refused when chosen");
    assert_eq!(look, load);
    load
}

fn pixels(picture: &Picture) -> DynamicImage {
    let format = ImageFormat::from_mime_type(picture.media_type.as_str()).expect("a type that image knows");
    image::load_from_memory_with_format(&picture.bytes, format).expect("what goes out can be read")
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn what_the_service_takes_keeps_its_type_size_and_pixels() {
    for (format, media_type) in
        [(ImageFormat::Png, MediaType::Png), (ImageFormat::Gif, MediaType::Gif), (ImageFormat::Jpeg, MediaType::Jpeg)]
    {
        let bytes = corpus::file(corpus::quarters(24, 16), format);
        let look = look_bytes(bytes.clone(), "pasted", THUMB).unwrap();
        assert_eq!((look.width, look.height, look.bytes), (24, 16, bytes.len() as u64));
        assert_eq!((look.format.accepted(), look.offer), (Some(media_type), Offer::AsIs));
        let picture = taken(bytes, Wish::default());
        assert_eq!((picture.media_type, picture.width, picture.height), (media_type, 24, 16));
        assert_eq!(picture.notes, Vec::<String>::new());
        if media_type != MediaType::Jpeg {
            assert_eq!(pixels(&picture).to_rgb8(), corpus::quarters(24, 16));
        }
    }
}

#[test]
fn what_the_service_does_not_take_is_converted_only_if_agreed() {
    let (photo, drawing, disc) = (corpus::gradient(40, 40), corpus::quarters(24, 16), corpus::disc(20));
    let cases: [(DynamicImage, ImageFormat, Format, MediaType); 5] = [
        (photo.clone().into(), ImageFormat::Bmp, Format::Bmp, MediaType::Jpeg),
        (photo.into(), ImageFormat::Tiff, Format::Tiff, MediaType::Jpeg),
        (drawing.clone().into(), ImageFormat::WebP, Format::WebP, MediaType::Png),
        (drawing.into(), ImageFormat::Bmp, Format::Bmp, MediaType::Png),
        (disc.into(), ImageFormat::WebP, Format::WebP, MediaType::Png),
    ];
    for (image, from, format, to) in cases {
        let bytes = corpus::file(image.clone(), from);
        let look = look_bytes(bytes.clone(), "pasted", THUMB).unwrap();
        assert_eq!((look.format, look.offer), (format, Offer::Convert(to)));
        let asked = from_bytes(bytes.clone(), "pasted", Wish { convert: false, shrink: true });
        assert_eq!(asked, Err(MediaFault::NeedsConverting(format)));
        let picture = taken(bytes, look.offer.wish());
        assert_eq!((picture.media_type, &picture.notes), (to, &vec![format!("converted from {format}")]));
        if to == MediaType::Png {
            assert_eq!(pixels(&picture).to_rgba8(), image.to_rgba8());
        }
    }
}

#[test]
fn every_orientation_ends_upright() {
    let upright = corpus::quarters(48, 32);
    for orientation in 1..=8 {
        let picture = taken(corpus::laid(&upright, orientation), Wish::default());
        assert_eq!((picture.width, picture.height), (48, 32), "orientation {orientation}");
        let image = pixels(&picture).to_rgb8();
        assert_eq!(image.dimensions(), (48, 32));
        let thumb = &picture.thumb;
        assert_eq!((thumb.width, thumb.height), (40, 27));
        for (x, y) in [(4, 4), (43, 4), (4, 27), (43, 27)] {
            let near = |a: u8, b: u8| a.abs_diff(b) < 30;
            let wanted = upright.get_pixel(x, y).0;
            let small = thumb.pixels[(y * 26 / 31 * 40 + x * 39 / 47) as usize];
            for n in 0..3 {
                assert!(near(image.get_pixel(x, y)[n], wanted[n]), "orientation {orientation}, pixel {x},{y}");
                assert!(near(small[n], wanted[n]), "orientation {orientation}, thumb at {x},{y}");
            }
        }
        let turned = picture.notes.contains(&"turned upright".to_owned());
        assert_eq!(turned, orientation != 1);
    }
}

#[test]
fn a_png_is_turned_too_even_if_it_says_so_at_its_end() {
    let png = corpus::file(corpus::quarters(10, 20), ImageFormat::Png);
    let first = corpus::with_chunk(&png, *b"eXIf", &corpus::exif(6));
    let chunk = first[33..first.len() - (png.len() - 33)].to_vec();
    let last = [&png[..png.len() - 12], &chunk, &png[png.len() - 12..]].concat();
    for bytes in [first, last] {
        let picture = taken(bytes, Wish::default());
        assert_eq!((picture.width, picture.height), (20, 10));
        assert_eq!(picture.notes, ["turned upright", "metadata removed"]);
    }
}

#[test]
fn nothing_but_the_picture_gets_out() {
    let jpeg = corpus::file(corpus::gradient(16, 16), ImageFormat::Jpeg);
    let png = corpus::file(corpus::gradient(16, 16), ImageFormat::Png);
    let gif = corpus::file(corpus::quarters(16, 16), ImageFormat::Gif);
    let secret = b"Marta's home";
    let comment = [&gif[..gif.len() - 1], b"\x21\xfe\x0c", secret, b"\0\x3b"].concat();
    for (bytes, note) in [
        (corpus::with_exif(&jpeg, 1), "metadata removed"),
        (corpus::with_segment(&jpeg, 0xFE, secret), "metadata removed"),
        (corpus::with_segment(&jpeg, 0xED, secret), "metadata removed"),
        (
            corpus::with_segment(&jpeg, 0xE2, &[b"ICC_PROFILE\0\x01\x01", &secret[..]].concat()),
            "colour profile removed",
        ),
        ([&jpeg[..], secret].concat(), "metadata removed"),
        (corpus::with_chunk(&png, *b"tEXt", &[b"Author\0", &secret[..]].concat()), "metadata removed"),
        (corpus::with_chunk(&png, *b"eXIf", &corpus::exif(1)), "metadata removed"),
        (corpus::with_chunk(&png, *b"iCCP", &[b"x\0\0", &secret[..]].concat()), "colour profile removed"),
        ([&png[..], b"<html>", secret].concat(), "metadata removed"),
        (comment, "metadata removed"),
    ] {
        assert!(holds(&bytes, secret));
        let picture = taken(bytes, Wish::default());
        assert_eq!(picture.notes, [note]);
        for part in [&secret[..], b"Exif", b"GPS", b"<html"] {
            assert!(!holds(&picture.bytes, part));
        }
    }
}

#[test]
fn the_type_is_told_by_the_content_and_not_by_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mar\u{1b}ta.png");
    fs::write(&path, corpus::file(corpus::gradient(16, 16), ImageFormat::Jpeg)).unwrap();
    let seen = look(&path, THUMB).unwrap();
    assert_eq!((seen.format, seen.path.as_path()), (Format::Jpeg, path.as_path()));
    let picture = load(&path, Wish::default()).unwrap();
    assert_eq!((picture.media_type, picture.name.as_str()), (MediaType::Jpeg, "mar␛ta.png"));
}

#[test]
fn what_only_looks_like_a_picture_is_refused_by_name() {
    for (bytes, what) in [
        (&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], "an SVG drawing"),
        (b"%PDF-1.7\n\x89PNG\r\n\x1a\n", "a PDF document"),
        (b"<html><img src='data:image/png;base64,iVBORw0KGgo='></html>", "a web page"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC picture"),
    ] {
        assert_eq!(refused(bytes), MediaFault::NotAPicture(what));
    }
    assert_eq!(refused(b""), MediaFault::Empty);
    let words = refused(b"%PDF-1.7").to_string();
    assert_eq!(words, "holds a PDF document; PNG, JPEG and GIF can be sent, WebP, BMP and TIFF converted");
}

#[test]
fn a_claim_of_too_many_pixels_is_refused_before_any_is_decoded() {
    let far = MOST_PIXELS + 1;
    for (width, height) in [(12_000, 12_000), (far, 1), (1, far), (u32::MAX >> 1, u32::MAX >> 1)] {
        assert_eq!(refused(&corpus::claiming((width, height), 8)), MediaFault::TooManyPixels { width, height });
    }
    // At the limit it is believed, and found out later.
    assert_eq!(refused(&corpus::claiming((MOST_PIXELS, 1), 8)), MediaFault::Broken(Format::Png));
    assert_eq!(refused(&corpus::claiming((0, 1), 8)), MediaFault::Broken(Format::Png));
    let widest = taken(corpus::file(corpus::quarters(MOST_PIXELS, 1), ImageFormat::Png), Wish::default());
    assert_eq!(widest.width, MOST_PIXELS);
    let wider = corpus::file(corpus::quarters(far, 1), ImageFormat::Bmp);
    assert_eq!(refused(&wider), MediaFault::TooManyPixels { width: far, height: 1 });
}

#[test]
fn a_few_bytes_that_claim_millions_of_pixels_are_a_lie() {
    let bmp = corpus::file(corpus::quarters(2, 2), ImageFormat::Bmp);
    let mut lie = bmp[..74.min(bmp.len())].to_vec();
    lie[18..22].copy_from_slice(&4000_u32.to_le_bytes());
    lie[22..26].copy_from_slice(&4000_u32.to_le_bytes());
    assert_eq!(refused(&lie), MediaFault::Broken(Format::Bmp));

    let mut jpeg = corpus::file(corpus::gradient(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x10, 0, 0x10, 0]);
    assert_eq!(refused(&jpeg), MediaFault::Broken(Format::Jpeg));

    // Progressive, 4096x4096, and as many bytes as that takes at least: the decoder would keep 96 MiB of coefficients.
    jpeg[frame + 1] = 0xC2;
    let end = jpeg.len() - 2;
    jpeg.splice(end..end, vec![0; 40_000]);
    assert_eq!(refused(&jpeg), MediaFault::TooManyPixels { width: 4096, height: 4096 });

    let mut gif = corpus::animation(1);
    gif[6..10].copy_from_slice(&[0, 0x0A, 0x80, 0x0A]);
    assert_eq!(refused(&gif), MediaFault::TooManyPixels { width: 2560, height: 2688 });

    let mut png = corpus::file(corpus::gradient(8, 8), ImageFormat::Png);
    png.splice(33..33, [0x7F, 0xFF, 0xFF, 0xFF].into_iter().chain(*b"IDAT"));
    assert_eq!(refused(&png), MediaFault::Broken(Format::Png));
}

#[test]
fn sixteen_bits_count_against_the_memory_and_go_out_as_eight() {
    let deep = DynamicImage::from(corpus::gradient(16, 16)).into_rgba16();
    let picture = taken(corpus::file(deep, ImageFormat::Png), Wish::default());
    assert_eq!(picture.notes, ["reduced to 8 bits a colour"]);
    assert_eq!(pixels(&picture).to_rgb8(), corpus::gradient(16, 16));

    // 3000x3000 in three colours of 16 bits is 52 MiB, and half of that again for the copy in 8.
    let size = (3000, 3000);
    assert_eq!(refused(&corpus::claiming(size, 16)), MediaFault::TooManyPixels { width: 3000, height: 3000 });
    assert_eq!(refused(&corpus::claiming(size, 8)), MediaFault::Broken(Format::Png));
}

#[test]
fn a_picture_that_is_cut_off_is_refused_wherever_it_is_cut() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp] {
        let whole = corpus::file(corpus::gradient(24, 24), format);
        for length in [whole.len() / 4, whole.len() / 2, whole.len() * 3 / 4, whole.len() - 1] {
            let fault = refused(&whole[..length]);
            assert!(matches!(fault, MediaFault::Broken(_)), "{format:?} at {length} of {}: {fault:?}", whole.len());
        }
    }
    let tiff = corpus::file(corpus::gradient(24, 24), ImageFormat::Tiff);
    assert_eq!(refused(&tiff[..tiff.len() / 2]), MediaFault::Broken(Format::Tiff));
}

#[test]
fn of_an_animation_the_first_picture_is_kept_and_it_is_said() {
    let picture = taken(corpus::animation(12), Wish::default());
    assert_eq!(picture.notes, ["only the first of 12 pictures kept"]);
    assert_eq!(pixels(&picture).to_rgb8().get_pixel(0, 0).0, [200; 3]);
    assert!(picture.bytes.len() < 300, "the other pictures are gone");
}

#[test]
fn over_the_limit_it_is_a_question_and_then_made_smaller() {
    let png = corpus::file(corpus::noise(500, 480), ImageFormat::Png);
    assert!(png.len() > LIMIT);
    let look = look_bytes(png.clone(), "pasted", THUMB).unwrap();
    assert_eq!(look.offer, Offer::Shrink);
    let asked = from_bytes(png.clone(), "pasted", Wish { convert: true, shrink: false });
    assert_eq!(asked, Err(MediaFault::TooLarge(png.len() as u64)));
    let words = asked.unwrap_err().to_string();
    assert_eq!(words, "has 721 KB and does not fit into the 700 KB that the service takes; it can be made smaller");

    // A photograph keeps its pixels and becomes a JPEG, rather than a very small PNG.
    let picture = taken(png, Wish { convert: false, shrink: true });
    assert!(picture.bytes.len() <= LIMIT);
    assert_eq!((picture.media_type, picture.width, picture.height), (MediaType::Jpeg, 500, 480));
    assert_eq!(picture.notes, ["converted from PNG", "compressed to quality 85"]);
}

#[test]
fn what_is_transparent_stays_so_when_made_smaller() {
    let mut image = DynamicImage::from(corpus::noise(460, 440)).into_rgba8();
    image.pixels_mut().enumerate().for_each(|(n, pixel)| pixel[3] = n.wrapping_mul(0x9E37_79B1).to_le_bytes()[3]);
    let png = corpus::file(image, ImageFormat::Png);
    assert!(png.len() > LIMIT);
    let picture = taken(png, ALL);
    assert_eq!((picture.media_type, picture.width, picture.height), (MediaType::Png, 400, 383));
    assert_eq!(picture.notes, ["shrunk from 460x440"]);
    assert!(pixels(&picture).color().has_alpha());
}

#[test]
fn a_picture_within_the_limit_never_ends_over_it() {
    // Writing this one anew takes more than the original, which goes in its place, without its metadata.
    let image = DynamicImage::from(corpus::noise(620, 600));
    let mut jpeg = Vec::new();
    image.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 82)).unwrap();
    assert!((500_000..LIMIT).contains(&jpeg.len()), "{}", jpeg.len());
    let marked = corpus::with_exif(&jpeg, 1);
    let picture = taken(marked, Wish::default());
    assert_eq!((&*picture.bytes, picture.notes), (&jpeg[..], vec!["metadata removed".to_owned()]));
    // Turned, it has to be written anew, in a lower quality.
    let turned = taken(corpus::with_exif(&jpeg, 6), Wish::default());
    assert!(turned.bytes.len() <= LIMIT && (turned.width, turned.height) == (600, 620));
    assert_eq!(turned.notes.last().unwrap(), "compressed to quality 82");
}

#[test]
fn a_large_picture_within_the_limit_goes_as_it_is_and_is_never_copied_to_be_turned() {
    let mut image = image::GrayImage::new(2100, 2000);
    image.put_pixel(0, 0, image::Luma([255]));
    let png = corpus::file(image, ImageFormat::Png);
    let picture = taken(corpus::with_chunk(&png, *b"tEXt", b"Author\0me"), Wish::default());
    assert_eq!((&*picture.bytes, picture.notes), (&png[..], vec!["metadata removed".to_owned()]));
    let lying = corpus::with_chunk(&png, *b"eXIf", &corpus::exif(6));
    assert_eq!(from_bytes(lying.clone(), "pasted", Wish::default()), Err(MediaFault::TooLarge(lying.len() as u64)));
}

#[test]
fn what_is_no_regular_file_is_never_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    rustix::fs::mknodat(CWD, at("pipe.png"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let _socket = UnixListener::bind(at("socket.png")).unwrap();
    symlink(at("circle.png"), at("circle.png")).unwrap();
    symlink("/dev/zero", at("zero.png")).unwrap();
    fs::write(at("file"), "x").unwrap();
    for (path, fault) in [
        (at("pipe.png"), MediaFault::NotAFile("a pipe")),
        (at("socket.png"), MediaFault::NotAFile("a socket")),
        (at("zero.png"), MediaFault::NotAFile("a device")),
        (folder.path().to_path_buf(), MediaFault::NotAFile("a folder")),
        (at("circle.png"), MediaFault::Circle),
        (at("nothing.png"), MediaFault::Missing),
        (at("file/inside.png"), MediaFault::NotAFolder),
    ] {
        assert_eq!(look(&path, THUMB), Err(fault.clone()), "{}", path.display());
        assert_eq!(load(&path, ALL), Err(fault));
    }
}

#[test]
fn a_file_of_two_gigabytes_is_refused_by_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.png");
    let file = fs::File::create(&path).unwrap();
    file.set_len(2 << 30).unwrap();
    assert_eq!(load(&path, ALL), Err(MediaFault::TooMuch(2 << 30)));
    file.set_len(MOST_FILE).unwrap();
    assert_eq!(load(&path, ALL), Err(MediaFault::NotAPicture("nothing that is known here as a picture")));
    assert_eq!(look_bytes(vec![0; 33_600_000], "pasted", THUMB), Err(MediaFault::TooMuch(33_600_000)));
}

#[test]
fn a_link_to_a_picture_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("link.png");
    fs::write(folder.path().join("real"), corpus::file(corpus::quarters(4, 4), ImageFormat::Png)).unwrap();
    symlink("real", &path).unwrap();
    assert_eq!(load(&path, Wish::default()).unwrap().name, "link.png");
}

#[test]
fn a_folder_lists_folders_first_and_hides_what_begins_with_a_dot() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["photo 10.JPG", "photo 9.jpg", "notes.txt", ".hidden.png"] {
        fs::write(folder.path().join(name), "12345").unwrap();
    }
    fs::create_dir(folder.path().join("Zebra")).unwrap();
    symlink("Zebra", folder.path().join("album")).unwrap();
    symlink("nowhere", folder.path().join("lost.png")).unwrap();
    let names = |hidden: bool| {
        let found = list(&folder.path().join("Zebra/.."), hidden).unwrap();
        assert_eq!(found.path, fs::canonicalize(folder.path()).unwrap());
        found.entries.into_iter().map(|e| (e.name.raw().to_owned(), e.kind, e.bytes)).collect::<Vec<_>>()
    };
    let seen = |name: &str, kind: EntryKind, bytes: u64| (name.to_owned(), kind, bytes);
    let mut expected = vec![
        seen("album", EntryKind::Folder, 0),
        seen("Zebra", EntryKind::Folder, 0),
        seen("lost.png", EntryKind::Other, 0),
        seen("notes.txt", EntryKind::Other, 5),
        seen("photo 9.jpg", EntryKind::Picture, 5),
        seen("photo 10.JPG", EntryKind::Picture, 5),
    ];
    assert_eq!(names(false), expected);
    expected.insert(2, seen(".hidden.png", EntryKind::Picture, 5));
    assert_eq!(names(true), expected);
    assert_eq!(list(&folder.path().join("notes.txt"), false), Err(MediaFault::NotAFolder));
    assert_eq!(list(Path::new("/nowhere/at/all"), false), Err(MediaFault::Missing));
}

const FORMATS: [ImageFormat; 6] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff];

/// Whatever comes in: words, or a picture that the service takes.
fn sound(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    match from_bytes(bytes, "pasted", ALL) {
        Err(fault) => prop_assert!(!fault.to_string().is_empty()),
        Ok(picture) => {
            prop_assert!(picture.bytes.len() <= LIMIT);
            let image = pixels(&picture);
            prop_assert_eq!((image.width(), image.height()), (picture.width, picture.height));
            prop_assert_eq!(picture.thumb.pixels.len(), usize::from(picture.thumb.width * picture.thumb.height));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_behind_any_beginning_end_in_words_or_a_picture(
        which in 0..FORMATS.len(), keep in 0..40_usize, bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let whole = corpus::file(corpus::quarters(4, 4), FORMATS[which]);
        sound([&whole[..keep.min(whole.len())], &bytes].concat())?;
    }

    #[test]
    fn damaged_pictures_end_in_words_or_a_picture(
        which in 0..FORMATS.len(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = corpus::file(corpus::gradient(12, 9), FORMATS[which]);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        sound(bytes)?;
    }
}
