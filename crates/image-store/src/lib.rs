//! Where disk images are registered: a directory, or OpenStack Glance.
