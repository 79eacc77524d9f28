//! What was typed into a form, apart from what was read: to be kept as a draft, and to be put back.
//!
//! The questions are asked for every key, so they compare in place and copy nothing.

use std::collections::BTreeMap;

use crate::app::form::{Form, Input, Row};
use crate::domain::draft::Subject;
use crate::domain::field::Kind;
use crate::domain::fields::Field;
use crate::domain::kept::KeptEntry;

impl Form {
    /// Whether anything stands here that an untouched form would not have.
    pub fn is_touched(&self) -> bool {
        self.rows.iter().any(|row| row.is_touched(&self.subject))
    }

    /// Whether a password was typed.
    pub fn has_password(&self) -> bool {
        self.rows.iter().any(|row| row.is_password() && row.is_touched(&self.subject))
    }

    /// Whether anything was typed beside the password.
    pub fn is_worth_keeping(&self) -> bool {
        self.kept_rows().next().is_some()
    }

    /// What was typed, without the password.
    pub fn typed(&self) -> BTreeMap<Field, KeptEntry> {
        self.kept_rows().filter_map(|row| Some((row.field, row.kept()?))).collect()
    }

    /// Whether this is what was typed.
    pub fn is_typed(&self, entries: &BTreeMap<Field, KeptEntry>) -> bool {
        let mut rows = 0;
        let same = self.kept_rows().all(|row| {
            rows += 1;
            entries.get(&row.field).is_some_and(|entry| row.is(entry))
        });
        same && rows == entries.len()
    }

    /// Puts back what was typed, and names the fields that this form does not have: the tenant's revision is another one since.
    pub fn type_again(&mut self, entries: &BTreeMap<Field, KeptEntry>) -> Vec<Field> {
        let mut left_out = Vec::new();
        for (field, entry) in entries {
            match self.rows.iter_mut().find(|row| row.field == *field) {
                Some(row) => row.type_again(entry),
                None => left_out.push(*field),
            }
        }
        left_out
    }

    fn kept_rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.is_password() && row.is_touched(&self.subject))
    }
}

impl Row {
    fn is_password(&self) -> bool {
        self.field.spec().kind == Kind::Password
    }

    fn is_touched(&self, subject: &Subject) -> bool {
        if self.cleared {
            return true;
        }
        match &self.input {
            Input::Text(editor) => match subject.person() {
                Some(person) => !editor.reads(&person.ground(self.field)),
                None => !editor.is_empty(),
            },
            Input::Switch(on) => *on != untouched(subject),
        }
    }

    fn kept(&self) -> Option<KeptEntry> {
        Some(match &self.input {
            Input::Text(editor) if self.cleared => KeptEntry::Cleared(editor.text()),
            Input::Text(editor) => KeptEntry::Text(editor.text()),
            Input::Switch(on) => KeptEntry::Switch((*on)?),
        })
    }

    fn is(&self, entry: &KeptEntry) -> bool {
        match (&self.input, entry) {
            (Input::Text(editor), KeptEntry::Text(text)) => !self.cleared && editor.reads(text),
            (Input::Text(editor), KeptEntry::Cleared(under)) => self.cleared && editor.reads(under),
            (Input::Switch(on), KeptEntry::Switch(kept)) => *on == Some(*kept),
            (Input::Text(_) | Input::Switch(_), KeptEntry::Text(_) | KeptEntry::Switch(_) | KeptEntry::Cleared(_)) => {
                false
            }
        }
    }

    fn type_again(&mut self, entry: &KeptEntry) {
        let multiline = self.field.spec().kind.is_multiline();
        let text = |text: &str| Input::text(text, multiline || text.contains('\n'));
        match (&self.input, entry) {
            (Input::Text(_), KeptEntry::Text(typed)) => (self.input, self.cleared) = (text(typed), false),
            (Input::Text(_), KeptEntry::Cleared(under)) => (self.input, self.cleared) = (text(under), true),
            (Input::Switch(_), KeptEntry::Switch(on)) => self.input = Input::Switch(Some(*on)),
            // Only a damaged draft has one for the other, and the codec refuses those.
            (Input::Text(_) | Input::Switch(_), KeptEntry::Text(_) | KeptEntry::Switch(_) | KeptEntry::Cleared(_)) => {}
        }
    }
}

/// The state of the switch in an untouched form.
pub(super) fn untouched(subject: &Subject) -> Option<bool> {
    match subject {
        Subject::New => Some(true),
        Subject::Known(person) => person.enabled,
        Subject::Blind(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::app::testing::{editing, model, press};

    /// What an untouched form and this one differ in, asked of the drafts that are checked and sent.
    fn by_the_draft(form: &Form) -> bool {
        let untouched = Form::about(form.subject.clone(), form.revision);
        let grid = crate::domain::roles::RoleGrid::default;
        form.draft(None, grid()).entries != untouched.draft(None, grid()).entries
    }

    #[test]
    fn the_password_is_never_among_what_is_kept() {
        let mut model = model();
        let _ = press(&mut model, "<Tab>correct horse");
        assert!(model.form.is_touched() && model.form.has_password() && !model.form.is_worth_keeping());
        assert!(model.form.typed().is_empty() && model.form.is_typed(&BTreeMap::new()));
    }

    #[test]
    fn a_text_under_a_cleared_field_comes_back_with_it() {
        let mut model = editing();
        let _ = press(&mut model, "<Down><Down><Down><Down><Down><Down>9<C-x>");
        let typed = model.form.typed();
        assert_eq!(typed, [(Field::MobilePhone, KeptEntry::Cleared("+34 600 000 0009".into()))].into());
        let mut form = Form::about(model.form.subject.clone(), model.form.revision);
        assert_eq!(form.type_again(&typed), []);
        assert!(form.is_typed(&typed));
        form.go_to(Field::MobilePhone);
        assert!(form.row().cleared);
    }

    #[test]
    fn a_field_that_the_form_does_not_have_is_named() {
        let mut form = Form::new(crate::domain::field::Revision::Original);
        let entries =
            [(Field::Name, KeptEntry::Text("Nora".into())), (Field::AuthSource, KeptEntry::Text("LDAP".into()))];
        assert_eq!(form.type_again(&entries.into()), [Field::AuthSource]);
        assert_eq!(form.text(Field::Name), "Nora");
    }

    proptest! {
        #[test]
        fn whatever_is_pressed_what_was_typed_can_be_put_back(
            known: bool,
            keys in prop::collection::vec(prop::sample::select(&["a", "é", " ", "<Tab>", "<Down>", "<BS>", "<C-x>", "<C-u>", "<Enter>", "<C-_>"][..]), 0..60),
        ) {
            let mut model = if known { editing() } else { model() };
            for key in keys {
                let _ = press(&mut model, key);
                model.overlay = None;
            }
            prop_assert_eq!(model.form.is_touched(), by_the_draft(&model.form));
            let typed = model.form.typed();
            prop_assert!(model.form.is_typed(&typed));
            prop_assert_eq!(model.form.is_worth_keeping(), !typed.is_empty());
            let mut form = Form::about(model.form.subject.clone(), model.form.revision);
            prop_assert_eq!(form.is_typed(&typed), typed.is_empty());
            prop_assert_eq!(form.type_again(&typed), []);
            prop_assert_eq!(form.typed(), typed);
        }
    }
}
