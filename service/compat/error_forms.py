"""Forms of errors of the protocols of other services, for every address below theirs."""

import re

from service.web.errors import ErrorForm, problem_response

from .akismet_api import akismet_error
from .google_errors import google_error
from .isso_access import ISSO_ADDRESS, isso_error

#: Coral has no form of its own: it reads the status, and its operator reads the log. So it never gets a page.
PROTOCOL_ERROR_FORMS = (
    ErrorForm(ISSO_ADDRESS, isso_error),
    ErrorForm(re.compile(r"/(?:1\.[12]|k)(?:/|$)"), akismet_error),
    ErrorForm(re.compile(r"/(?:v1alpha1|\$discovery)(?:/|$)"), google_error),
    ErrorForm(re.compile(r"/v1/sites/[^/]+/coral(?:/|$)"), problem_response),
)
