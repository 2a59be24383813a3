"""The data-blocks that the rendered frames show: what is hidden, muted, excluded or not linked to anything does not count."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

from .frame_range import FrameRange
from .generations import compositor_tree
from .named_blocks import fonts, line_styles, marker_cameras, placed_by, shapes
from .rendered import Rendered
from .used_nodes import referred_blocks, used_nodes
from .visibility import is_animated, is_hidden, rendered_layers, shows_materials

SHADER_TARGETS = {'CYCLES': 'CYCLES', 'BLENDER_EEVEE': 'EEVEE', 'BLENDER_EEVEE_NEXT': 'EEVEE'}
# Their nodes say what of all that they refer to is used.
WITH_TREES = (bpy.types.Material, bpy.types.World, bpy.types.Light, bpy.types.Texture, bpy.types.FreestyleLineStyle)
PAINT = (bpy.types.Material, bpy.types.World, bpy.types.Light)
# They take the materials of the objects that they refer to along, too.
TAKES_MATERIALS = ('BOOLEAN', 'NODES')


class UsedBlocks:
    """`blocks`; `nodes`: with the block that each belongs to; `modifiers`: with their objects."""

    def __init__(self, rendered: Rendered) -> None:
        self.blocks: dict[bpy.types.ID, None] = {}
        self.nodes: list[tuple[bpy.types.ID, bpy.types.Node]] = []
        self.modifiers: list[tuple[bpy.types.Object, bpy.types.Modifier]] = []
        self.particles: list[tuple[bpy.types.Object, bpy.types.ParticleSystem]] = []
        self.images: list[tuple[bpy.types.Image, bpy.types.bpy_struct | None, list[FrameRange]]] = []
        self._frames: list[FrameRange] = []
        self._target = 'ALL'
        self._paints = True
        for shown in rendered.strips:
            self._strip(shown.strip)
        for scene, frames in rendered.views.values():
            self._view(scene, frames)
        for scene, frames in rendered.composed.values():
            self._frames = frames
            tree = compositor_tree(scene)
            self._tree(scene, tree)

    def _strip(self, strip: bpy.types.bpy_struct) -> None:
        if strip.type == 'MOVIECLIP':  # it does not say which
            self._all(clip for clip in bpy.data.movieclips if clip.users)
        self._all(block for block in [getattr(strip, 'font', None), getattr(strip, 'mask', None)] if block)

    def _view(self, scene: bpy.types.Scene, frames: list[FrameRange]) -> None:
        self.blocks[scene] = None
        self._frames = frames
        self._target = SHADER_TARGETS.get(scene.render.engine, 'ALL')
        self._all(block for block in [scene.camera, *marker_cameras(scene)] if block)
        self._paints = shows_materials(scene)
        for layer in rendered_layers(scene):
            replacing = [getattr(layer, name, None) for name in ('material_override', 'world_override')]
            self._all(block for block in [scene.world, *replacing, *line_styles(scene, layer)] if block)
            self._layer_collection(layer.layer_collection)
        if scene.background_set:
            self._view(scene.background_set, frames)

    def _layer_collection(self, layer: bpy.types.LayerCollection) -> None:
        if layer.exclude or is_hidden(layer.collection):
            return
        self._members(layer.collection)
        for child in layer.children:
            self._layer_collection(child)

    def _members(self, collection: bpy.types.Collection) -> None:
        self.blocks[collection] = None
        self._all(body for body in collection.objects if not is_hidden(body))

    def _collection(self, collection: bpy.types.Collection) -> None:
        """An instance of it: no layer excludes a part."""
        if collection not in self.blocks and not is_hidden(collection):
            self._members(collection)
            for child in collection.children:
                self._collection(child)

    def _all(self, blocks: Iterator[bpy.types.ID]) -> None:
        for block in blocks:
            self._add(block)

    def _add(self, block: bpy.types.ID) -> None:
        if isinstance(block, bpy.types.Collection):
            self._collection(block)
            return
        if block in self.blocks or isinstance(block, bpy.types.Scene):
            return
        if isinstance(block, PAINT) and not self._paints:
            return
        self.blocks[block] = None
        self._animation(block)
        if isinstance(block, bpy.types.Image):
            self.images.append((block, None, self._frames))
        elif isinstance(block, bpy.types.Object):
            self._object(block)
        elif isinstance(block, WITH_TREES):
            self._with_tree(block)
        elif isinstance(block, bpy.types.NodeTree):
            self._tree(block, block)
        elif isinstance(block, bpy.types.TextCurve):
            self._all(iter([*fonts(block), *shapes(block)]))
        elif isinstance(block, bpy.types.ParticleSettings):
            self._particles(block)
        elif isinstance(block, bpy.types.Curve):
            self._all(iter(shapes(block)))

    def _animation(self, block: bpy.types.ID) -> None:
        """Without files of their own; their library may be missing."""
        data = getattr(block, 'animation_data', None)
        if data:
            tracks = [strip.action for track in data.nla_tracks if not track.mute for strip in track.strips]
            self.blocks.update(dict.fromkeys(action for action in [data.action, *tracks] if action))

    def _object(self, body: bpy.types.Object) -> None:
        self._shape(body)
        self._all(slot.material for slot in body.material_slots if slot.material)
        if body.instance_type == 'COLLECTION' and body.instance_collection:
            self._collection(body.instance_collection)

    def _shape(self, body: bpy.types.Object) -> None:
        """What is there of it beside its materials. An empty shows its picture to nobody but who works on the scene."""
        if body.data and not isinstance(body.data, (bpy.types.Image, bpy.types.Sound)):
            self._add(body.data)
        # What it takes its place from, and the like: only whether that is there at all.
        placing = [constraint for constraint in body.constraints if not constraint.mute]
        self.blocks.update(dict.fromkeys(block for each in [body, *placing] for block in placed_by(each)))
        for modifier in body.modifiers:
            if modifier.show_render or is_animated(body, f'modifiers["{modifier.name}"].show_render'):
                self._modifier(body, modifier)

    def _modifier(self, body: bpy.types.Object, modifier: bpy.types.Modifier) -> None:
        self.modifiers.append((body, modifier))
        blocks = [getattr(modifier, each.identifier) for each in modifier.bl_rna.properties if each.type == 'POINTER']
        if modifier.type == 'NODES':
            blocks += [value for _, value in modifier.items()]  # its inputs
        if modifier.type == 'PARTICLE_SYSTEM':
            self.particles.append((body, modifier.particle_system))
            blocks.append(modifier.particle_system.settings)
        for block in blocks:
            if isinstance(block, bpy.types.Object) and modifier.type not in TAKES_MATERIALS:
                if block not in self.blocks:
                    self._shape(block)
            elif isinstance(block, bpy.types.ID):
                self._add(block)

    def _particles(self, settings: bpy.types.ParticleSettings) -> None:
        self._all(slot.texture for slot in settings.texture_slots if slot and slot.texture and slot.use)
        if settings.render_type == 'OBJECT' and settings.instance_object:
            self._add(settings.instance_object)
        if settings.render_type == 'COLLECTION' and settings.instance_collection:
            self._collection(settings.instance_collection)

    def _with_tree(self, block: bpy.types.ID) -> None:
        painted = getattr(block, 'grease_pencil', None)
        if painted:
            self._all(image for image in [painted.fill_image, painted.stroke_image] if image)
        if getattr(block, 'use_nodes', True) and block.node_tree:
            self._tree(block, block.node_tree)
        elif isinstance(block, bpy.types.ImageTexture) and block.image:
            self.blocks[block.image] = None
            self.images.append((block.image, block.image_user, self._frames))

    def _tree(self, owner: bpy.types.ID, tree: bpy.types.NodeTree) -> None:
        for node in used_nodes(tree, self._target):
            self.nodes.append((owner, node))
            if getattr(node, 'image', None):
                # A compositor's node is its own image user.
                self.images.append((node.image, getattr(node, 'image_user', None) or node, self._frames))
            for block in referred_blocks(node):
                if isinstance(block, bpy.types.Object) and tree.bl_idname != 'GeometryNodeTree':
                    self.blocks[block] = None  # a place or a direction
                elif block == getattr(node, 'image', None):
                    self.blocks[block] = None
                else:
                    self._add(block)
