//! The table: one row for each field of a user. The form, the checks, the wire format, the sandbox and the README are
//! read off it; adding a field to the program is adding a row.
//!
//! Keys and needs: api.md 4.2 (create) and 4.3 (update). What create asks for in every revision is stricter than the
//! pages, which star nothing: api.md 7, row 34.

use crate::domain::field::Need::{Absent, Optional, Required};
use crate::domain::field::{FieldSpec, Kind, Need, Needs, Operation, Revision};

macro_rules! fields {
    ($(
        #[doc = $help:literal]
        $name:ident {
            key: $key:literal, label: $label:literal, kind: $kind:ident,
            spanish: $spanish:literal, also: [$($also:literal),*],
            create: $create:expr, update: $update:expr,
            clearable: $clearable:literal, codes: [$($code:literal),*]
        }
    )*) => {
        /// A field of a user, in the order of the form.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $(#[doc = $help] $name,)*
        }

        /// Every row, in the order of the form.
        pub const FIELDS: &[FieldSpec] = &[$(FieldSpec {
            field: Field::$name,
            key: $key,
            label: $label,
            kind: Kind::$kind,
            spanish: $spanish,
            also: &[$($also),*],
            create: $create,
            update: $update,
            clearable: $clearable,
            help: $help.trim_ascii(),
            codes: &[$($code),*],
        },)*];
    };
}

fields! {
    /// The name that signs in; most tenants cannot change it later.
    Username {
        key: "username", label: "Username", kind: Username,
        spanish: "Usuario", also: ["user name", "login", "nombre de usuario", "user"],
        create: Needs::always(Required), update: Needs::since_2023(Required),
        clearable: false, codes: ["USR001", "USR009"]
    }
    /// The first password; ^G makes one, ^V shows it for ten seconds.
    Password {
        key: "password", label: "Password", kind: Password,
        spanish: "Contraseña", also: ["clave"],
        create: Needs::always(Required), update: Needs::NEVER,
        clearable: false, codes: ["USR002"]
    }
    /// Given name.
    Name {
        key: "name", label: "Name", kind: Text,
        spanish: "Nombre", also: ["first name", "given name"],
        create: Needs::always(Required), update: Needs::required_since_2023(),
        clearable: false, codes: []
    }
    /// Family name.
    Surname {
        key: "surname", label: "Surname", kind: Text,
        spanish: "Apellidos", also: ["last name", "family name", "apellido"],
        create: Needs::always(Required), update: Needs::required_since_2023(),
        clearable: false, codes: []
    }
    /// Work address; the welcome mail goes here.
    Email {
        key: "email", label: "E-mail", kind: Email,
        spanish: "Correo", also: ["correo electrónico", "mail", "e-mail address"],
        create: Needs::always(Required), update: Needs::required_since_2023(),
        clearable: false, codes: ["USR006"]
    }
    /// Language of screens and mails, as a code such as es; Enter opens the list.
    Language {
        key: "language", label: "Language", kind: Language,
        spanish: "Idioma", also: ["lengua"],
        create: Needs::always(Required), update: Needs::required_since_2023(),
        clearable: false, codes: ["USR003"]
    }
    /// Time zone, as a name such as Europe/Paris; Enter opens the list.
    Timezone {
        key: "timezone", label: "Timezone", kind: Timezone,
        spanish: "Zona horaria", also: ["huso horario"],
        create: Needs::always(Required), update: Needs::required_since_2023(),
        clearable: false, codes: []
    }
    /// Telephone at the desk.
    OfficePhone {
        key: "officePhone", label: "Office", kind: Phone,
        spanish: "Teléfono", also: ["phone", "telephone", "teléfono de oficina", "teléfono fijo"],
        create: Needs::always(Optional), update: Needs::always(Optional),
        clearable: true, codes: []
    }
    /// Mobile telephone.
    MobilePhone {
        key: "mobilePhone", label: "Mobile", kind: Phone,
        spanish: "Móvil", also: ["mobile telephone", "cell phone", "teléfono móvil"],
        create: Needs::always(Optional), update: Needs::always(Optional),
        clearable: true, codes: []
    }
    /// Town or site.
    Location {
        key: "location", label: "Location", kind: Text,
        spanish: "Ubicación", also: ["localidad", "town", "site"],
        create: Needs::always(Optional), update: Needs::always(Optional),
        clearable: true, codes: []
    }
    /// What the person likes to learn about, in free text.
    Interests {
        key: "interests", label: "Interests", kind: Text,
        spanish: "Intereses", also: [],
        create: Needs::always(Optional), update: Needs::always(Optional),
        clearable: true, codes: []
    }
    /// What the person says of themselves; several lines.
    AboutMe {
        key: "aboutMe", label: "About me", kind: Multiline,
        spanish: "Sobre mí", also: ["acerca de mí", "about"],
        create: Needs::always(Optional), update: Needs::always(Optional),
        clearable: true, codes: []
    }
    /// Whether the person can sign in; whoever can and has roles counts as licensed.
    Enabled {
        key: "enabled", label: "Enabled", kind: Switch,
        spanish: "Activo", also: ["habilitado", "active"],
        create: Needs::always(Optional), update: Needs::always(Optional),
        clearable: false, codes: ["USR005"]
    }
    /// The system that checks the password; LOCAL where nothing is said.
    AuthSource {
        key: "authSource", label: "Auth source", kind: Text,
        spanish: "Origen", also: ["origen de autenticación", "authentication source"],
        create: Needs::since_2019(Optional), update: Needs::since_2019(Optional),
        clearable: false, codes: []
    }
    /// The person's key in another system; no slash or backslash.
    ExternalId {
        key: "externalId", label: "External id", kind: Text,
        spanish: "Id externo", also: ["identificador externo"],
        create: Needs::NEVER, update: Needs::since_2019(Optional),
        clearable: true, codes: ["ERR006"]
    }
    /// The tenant's own fields, one key = value a line; the whole map is sent.
    ExtendedFields {
        key: "extendedFields", label: "Extended", kind: Pairs,
        spanish: "Ampliados", also: ["campos ampliados"],
        create: Needs::NEVER, update: Needs::since_2019(Optional),
        clearable: false, codes: ["DYN003"]
    }
    /// WARNING: what extra does is not documented; a JSON object, sent as written.
    Extra {
        key: "extra", label: "Extra !", kind: Object,
        spanish: "Adicional", also: [],
        create: Needs::NEVER, update: Needs::always(Optional),
        clearable: false, codes: []
    }
    /// The person's picture: a URL, or a PNG, JPEG or GIF of at most 700 KB.
    Image {
        key: "image", label: "Image", kind: Photo,
        spanish: "Imagen", also: ["foto", "photo", "picture"],
        create: Needs::always(Optional), update: Needs::always(Optional),
        clearable: false, codes: ["USR011", "USR012", "USR013", "USR014", "USR015"]
    }
    /// What the person may do in each section.
    Roles {
        key: "roles", label: "Roles", kind: Roles,
        spanish: "Roles", also: [],
        create: Needs::always(Optional), update: Needs::always(Optional),
        clearable: false, codes: ["USR004", "USR010", "USR018"]
    }
}

impl Field {
    /// The field's row.
    pub fn spec(self) -> &'static FieldSpec {
        &FIELDS[self as usize]
    }

    /// The field of an API key.
    pub fn from_key(key: &str) -> Option<Self> {
        FIELDS.iter().find(|spec| spec.key == key).map(|spec| spec.field)
    }

    /// The fields that an operation of a revision takes, in the order of the form.
    pub fn of(operation: Operation, revision: Revision) -> impl Iterator<Item = Self> {
        FIELDS.iter().filter(move |spec| spec.need(operation, revision) != Absent).map(|spec| spec.field)
    }

    /// Whether an operation of a revision takes the field.
    pub fn need(self, operation: Operation, revision: Revision) -> Need {
        self.spec().need(operation, revision)
    }

    /// The field that a message of a platform blames, found by the codes of the training platform.
    pub fn blamed_in(message: &str) -> Option<Self> {
        FIELDS.iter().find(|spec| spec.codes.iter().any(|code| message.contains(code))).map(|spec| spec.field)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_enum() {
        for (index, spec) in FIELDS.iter().enumerate() {
            assert_eq!(spec.field as usize, index, "{}", spec.key);
            assert_eq!(spec.field.spec().key, spec.key);
        }
    }

    #[test]
    fn keys_are_the_seeds_and_the_later_pages_spelling() {
        let keys: BTreeSet<_> = FIELDS.iter().map(|spec| spec.key).collect();
        assert_eq!(keys.len(), FIELDS.len(), "a key stands twice");
        let documented = "username password name surname language timezone email officePhone mobilePhone interests aboutMe \
                          location image enabled roles extra authSource externalId extendedFields";
        assert_eq!(keys, documented.split_whitespace().collect());
    }

    #[test]
    fn original_create_and_update_take_exactly_what_the_seeds_list() {
        let keys = |operation| -> BTreeSet<&str> {
            Field::of(operation, Revision::Original).map(|field| field.spec().key).collect()
        };
        let both = "name surname language timezone email officePhone mobilePhone interests aboutMe location image enabled roles";
        let mut create: BTreeSet<_> = both.split(' ').collect();
        create.extend(["username", "password"]);
        assert_eq!(keys(Operation::Create), create);
        let mut update: BTreeSet<_> = both.split(' ').collect();
        update.insert("extra");
        assert_eq!(keys(Operation::Update), update);
    }

    #[test]
    fn labels_fit_their_column_and_help_is_one_sentence() {
        for spec in FIELDS {
            assert!(spec.label.len() <= 11, "{}: the label column is 11 wide", spec.key);
            assert!(spec.help.ends_with('.') && !spec.help.contains('\n'), "{}: one sentence", spec.key);
            assert!(spec.help.len() <= 78, "{}: the hint has one line", spec.key);
        }
    }

    #[test]
    fn every_row_serves_an_operation_and_nothing_required_can_be_cleared() {
        for spec in FIELDS {
            let needs: Vec<Need> = Revision::ALL
                .into_iter()
                .flat_map(|revision| [spec.create.of(revision), spec.update.of(revision)])
                .collect();
            assert!(needs.iter().any(|need| *need != Absent), "{} serves nothing", spec.key);
            assert!(!(spec.clearable && needs.contains(&Required)), "{}", spec.key);
        }
    }

    #[test]
    fn codes_blame_one_field_each() {
        let codes: Vec<_> = FIELDS.iter().flat_map(|spec| spec.codes).collect();
        assert_eq!(codes.len(), codes.iter().collect::<BTreeSet<_>>().len());
        assert_eq!(Field::blamed_in("picture is larger than 700 KB (USR012)"), Some(Field::Image));
        assert_eq!(Field::blamed_in("try later"), None);
    }
}
