"""What render_frames.py is made of. Every difference between Blender's generations is in generations.py."""
