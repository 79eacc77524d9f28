//! The netexCloud user web services, as a client.
