//! The wire format of users, walked off the table of fields.
