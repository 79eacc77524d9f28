//! Tenants and settings, and where things live.
