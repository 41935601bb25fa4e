"""HTTP basics every room shares: requests, errors, caches, headers, access, and the API description."""
