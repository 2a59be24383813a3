// Expected: the commands of a page are found as a shell would read them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsOf } from '../site/commands/page-commands.ts';

const page = String.raw`# A page

    one --with 'a text
      of "two" lines' &
    two   # it's a comment

Not this: ${'`'}three${'`'}.

${'```'}sh
# a comment of its own
four \
  --more
five && six
${'```'}

${'```'}json
{ "no": "command" }
${'```'}
`;

test('indented blocks, and those of a shell', () => {
  assert.deepEqual(commandsOf(page), [
    { text: `one --with 'a text\n  of "two" lines' &`, line: 3 },
    { text: 'two', line: 5 },
    { text: 'four \\\n  --more', line: 11 },
    { text: 'five && six', line: 13 },
  ]);
});

test('a command without an end', () => {
  assert.throws(() => commandsOf("    one 'two\n"), /line 1: this command has no end/);
});
