//! Wire types of all interfaces, and the typed client.
