"""Which nodes of a tree decide what comes out of it, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

OUTPUTS = ('GROUP_OUTPUT', 'COMPOSITE', 'OUTPUT_FILE', 'OUTPUT', 'OUTPUT_LINESTYLE', 'OUTPUT_AOV')


def used_nodes(tree: bpy.types.NodeTree, shader_target: str = 'ALL') -> Iterator[bpy.types.Node]:
    """From the outputs back along the links. A muted node counts as what it lets through."""
    seen: set[str] = set()
    waiting = _outputs(tree, shader_target)
    into: dict[str, list[bpy.types.NodeLink]] = {}
    for link in tree.links:
        if not link.is_muted:
            into.setdefault(link.to_node.name, []).append(link)
    zones = _zone_inputs(tree)
    while waiting:
        node = waiting.pop()
        if node.name in seen:
            continue
        seen.add(node.name)
        inputs = into.get(node.name, [])
        if node.mute:
            through = {link.from_socket.identifier for link in node.internal_links}
            inputs = [link for link in inputs if link.to_socket.identifier in through]
        else:
            yield node
        waiting.extend(link.from_node for link in inputs)
        waiting.extend(zones.get(node.name, ()))


def referred_blocks(node: bpy.types.Node) -> Iterator[bpy.types.ID]:
    """Data-blocks that the node names, in its settings or in inputs that nothing is linked to."""
    for each in node.bl_rna.properties:
        if each.type == 'POINTER':
            value = getattr(node, each.identifier)
            if isinstance(value, bpy.types.ID):
                yield value
    for socket in node.inputs:
        value = None if socket.is_linked else getattr(socket, 'default_value', None)
        if isinstance(value, bpy.types.ID):
            yield value


def _zone_inputs(tree: bpy.types.NodeTree) -> dict[str, list[bpy.types.Node]]:
    """No link joins the two ends of a zone (simulation: from 3.6)."""
    zones: dict[str, list[bpy.types.Node]] = {}
    for node in tree.nodes:
        end = getattr(node, 'paired_output', None)
        if end:
            zones.setdefault(end.name, []).append(node)
    return zones


def _outputs(tree: bpy.types.NodeTree, shader_target: str) -> list[bpy.types.Node]:
    found = [node for node in tree.nodes if node.type in OUTPUTS and not node.mute]
    shown = tree.get_output_node(shader_target) if tree.bl_idname == 'ShaderNodeTree' else None
    return [*found, shown] if shown else found
