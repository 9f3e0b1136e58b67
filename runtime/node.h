/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The children of a node of the table.
 */
#ifndef ROUTES_NODE_H
#define ROUTES_NODE_H

#include "routes_abi.h"

/* The row so many bytes behind one. */
static inline const struct routes_node *
routes_node_ahead(const struct routes_node *node, uint64_t bytes)
{
    return (const struct routes_node *)(const void *)((const char *)node +
                                                      bytes);
}

/* The first slot of a node's literals; its patterns stand before it. */
static inline const struct routes_node *
routes_node_children(const struct routes_node *node)
{
    return routes_node_ahead(node, node->children);
}

/* The slot that a hash, or a distance from the first slot, leads to. */
static inline const struct routes_node *
routes_node_slot(const struct routes_node *node, uint32_t hash)
{
    return routes_node_ahead(routes_node_children(node), hash & node->slots);
}

/* The slot behind one, round about. */
static inline const struct routes_node *
routes_node_next(const struct routes_node *node,
                 const struct routes_node *slot)
{
    return routes_node_slot(
        node, (uint32_t)((const char *)(slot + 1) -
                         (const char *)routes_node_children(node)));
}

/* The number of slots. */
static inline uint32_t
routes_node_slots(const struct routes_node *node)
{
    return node->literals ? node->slots / (uint32_t)sizeof(*node) + 1 : 0;
}

#endif
