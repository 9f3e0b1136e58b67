# SPDX-License-Identifier: Apache-2.0
"""An ASGI application without a framework: events, and a counter that each
process opens when it starts."""

import asyncio


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await live(scope["state"], receive, send)
    elif scope["path"] == scope["root_path"] + "/events":
        await events(send)
    else:
        await visitors(scope["state"], send)


async def live(state, receive, send):
    await receive()                             # lifespan.startup
    state["visitors"] = []
    await send({"type": "lifespan.startup.complete"})
    await receive()                             # lifespan.shutdown
    await send({"type": "lifespan.shutdown.complete"})


async def start(send, media):
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-type", media)]})


async def visitors(state, send):
    state["visitors"].append(1)
    await start(send, b"text/plain; charset=utf-8")
    await send({"type": "http.response.body",
                "body": b"seen %d times\n" % len(state["visitors"])})


async def events(send):
    await start(send, b"text/event-stream")
    for i in range(3):
        await send({"type": "http.response.body",
                    "body": b"data: %d\n\n" % i, "more_body": True})
        await asyncio.sleep(0.1)
    await send({"type": "http.response.body"})
