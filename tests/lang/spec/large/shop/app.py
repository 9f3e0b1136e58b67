# SPDX-License-Identifier: Apache-2.0
"""Loaded before the first request."""
