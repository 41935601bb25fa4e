"""HTTP basics for all views: requests, errors, caches, headers, access, and the API description."""
