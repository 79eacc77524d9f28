//! The names of time zones that a person is offered.
//!
//! The tz database has 600 names, many of them only for old files. Offered are the ones named after a place, and `UTC`: not `Etc/GMT+3`,
//! whose sign means the opposite of what it says, nor `EST5EDT`, `Cuba` or `US/Pacific`. What the platform itself knows is not published
//! (api.md 7, row 29).

/// The parts of the world that the tz database has cities for.
const REGIONS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// The names, sorted. Takes some milliseconds the first time.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> =
        jiff::tz::db().available().map(|name| name.as_str().to_owned()).filter(|name| is_offered(name)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_offered(name: &str) -> bool {
    name == "UTC" || name.split_once('/').is_some_and(|(region, city)| REGIONS.contains(&region) && !city.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_offered_and_leftovers_are_not() {
        let names = names();
        assert!(names.len() > 300 && names.is_sorted(), "{}", names.len());
        for good in ["Europe/Paris", "America/Argentina/Buenos_Aires", "Pacific/Auckland", "UTC"] {
            assert!(names.iter().any(|name| name == good), "{good}");
        }
        for bad in
            ["EST5EDT", "Etc/GMT+3", "US/Pacific", "Cuba", "posixrules", "posix/Europe/Paris", "right/UTC", "GMT"]
        {
            assert!(names.iter().all(|name| name != bad), "{bad}");
        }
        assert!(names.iter().all(|name| crate::domain::timezone::is_timezone(name)));
    }
}
