"""Settings of a site in groups: one class, and one page of the form, for each."""
