# SPDX-License-Identifier: Apache-2.0
"""What the site has itself: its home, and its words for what went wrong."""

import apache


def home():
    return f"home, at {apache.url_for('home')}"


def sorry(error):
    why = type(error.exception).__name__ if error.exception else error.reason
    return f"sorry: {why}; go back to {apache.url_for('home')}"
