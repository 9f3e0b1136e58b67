# SPDX-License-Identifier: Apache-2.0
"""What is said of a header that can't be sent: its name and why, never its
value, which may be a secret."""

import pytest

ROUTES = """\
routes 1
public
GET /map   -> app:by_map(name: str, value: str)
GET /view  -> app:by_view(req: request, name: str, value: str)
GET /tuple -> app:by_tuple(name: str, value: str)
"""

PYTHON = """\
import apache

def by_map(name, value):
    answer = apache.Response("")
    try:
        answer.headers[name] = value
    except ValueError as error:
        return str(error)
    return "taken"
def by_view(req, name, value):
    try:
        req.headers_out[name] = value
    except ValueError as error:
        return str(error)
    return "taken"
def by_tuple(name, value):
    return 200, {name: value}, ""
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


@pytest.mark.parametrize("name, value, said", [
    ("X-A", "secret%0d%0aX-B:1",
     "the header \"X-A\", whose value has '\\r' at 6, which would split the "
     "answer"),
    ("X-A", "secret%0aX-B:1",
     "the header \"X-A\", whose value has '\\n' at 6, which would split the "
     "answer"),
    ("X-A", "secret%00",
     "the header \"X-A\", whose value has '\\x00' at 6, which is a control "
     "character"),
    ("X-A", "secret%7f",
     "the header \"X-A\", whose value has '\\x7f' at 6, which is a control "
     "character"),
    ("X-A", "secret%E2%82%AC",
     "the header \"X-A\", whose value has '\\u20ac' at 6, which is no "
     "character of Latin-1"),
    ("X%20A", "secret",
     "a header whose name has ' ' at 1, which no name may have"),
    ("X-A%0d%0aX-B:%201", "secret",
     "a header whose name has '\\r' at 3, which would split the answer"),
    ("X-A:", "secret",
     "a header whose name has ':' at 3, which no name may have"),
    ("", "secret", "a header that has no name"),
    ("Content-Length", "7",
     'the header "Content-Length", which is httpd\'s to set'),
])
def test_a_refusal_says_the_name_and_why(server, name, value, said):
    target = f"?name={name}&value={value}"
    answer = server.get("/map" + target)
    assert (answer.status, answer.text) == (200, said)
    assert "X-B" not in answer.headers
    server.expect("app:by_tuple gave (a|the) header")
    refused = server.get("/tuple" + target)
    assert refused.status == 500 and "X-B" not in refused.headers
    assert "secret" not in server.log().replace("/tuple?", "")


@pytest.mark.parametrize("name, value, said", [
    ("X-A", "secret%0d%0aX-B:1",
     'a CR, LF or NUL in the value of the header "X-A": it would end the '
     "line"),
    ("X-A", "secret%7f", 'a control character in the value of the header '
     '"X-A"'),
    ("X%20A", "secret", "'X A' is no name of a header"),
])
def test_a_table_s_refusal_does_so_too(server, name, value, said):
    answer = server.get(f"/view?name={name}&value={value}")
    assert (answer.status, answer.text) == (200, said)
    assert "X-B" not in answer.headers
