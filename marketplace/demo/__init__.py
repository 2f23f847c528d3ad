"""A believable world to try the site in, built only through the actions that people use."""
