"""Makes the corpus inside Blender, all of it at once: blender --background --factory-startup --python make_corpus.py -- FOLDER

FOLDER/NAME/FILE.blend, with what belongs to the scene beside it, and FOLDER/corpus.json: the table of the cases.
"""

import json
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
# What test scenes are put together from.
sys.path[:0] = [HERE, os.path.join(HERE, '../../../../lab/scenes')]

# The order of the table.
import beside  # noqa: F401
import broken_files  # noqa: F401
import files_of_nodes  # noqa: F401
import files_of_objects  # noqa: F401
import formats  # noqa: F401
import libraries  # noqa: F401
import sequencers  # noqa: F401
import settings  # noqa: F401
from corpus import CASES, write


def main(folder):
    for case in CASES:
        write(case.pop('make'), os.path.join(folder, case['name'], case['file']))
    with open(os.path.join(folder, 'corpus.json'), 'w', encoding='utf-8') as table:
        json.dump(CASES, table, indent=2, ensure_ascii=False)


if __name__ == '__main__':
    main(*sys.argv[sys.argv.index('--') + 1 :])
