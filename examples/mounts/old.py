# SPDX-License-Identifier: Apache-2.0
"""A site written for Bottle, which knows nothing of routes."""

import bottle

app = bottle.Bottle()


@app.get("/")
def index():
    user = bottle.request.environ.get("REMOTE_USER", "nobody")
    return f"the old shop, for {user}, at {bottle.request.script_name}\n"


@app.post("/order")
def order():
    item = bottle.request.forms.getunicode("item")
    bottle.response.status = 201
    return f"one {item}\n"
