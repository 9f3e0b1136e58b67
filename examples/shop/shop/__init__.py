# SPDX-License-Identifier: Apache-2.0
"""A shop over SQLite: a catalogue for all, orders for those who may."""
