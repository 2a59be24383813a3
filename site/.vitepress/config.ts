import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { gitHubAnchor } from '../git-hub-anchor.ts';
import { sidebar } from '../sidebar.ts';

const out = (folder: string): string => fileURLToPath(new URL(`../../out/${folder}`, import.meta.url));
const sources = out('site-sources');

export default defineConfig({
  title: 'Kafka Render',
  description:
    'Kafka Runner turns any command-line program into a dependable Kafka worker. Kafka Render does it with Blender.',
  lang: 'en',
  srcDir: sources,
  outDir: out('site'),
  cacheDir: out('site-cache'),
  // Links in the pages are those of the repository: the same anchors hold on both.
  markdown: { anchor: { slugify: gitHubAnchor } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'First frame', link: '/docs/first-frame' },
      { text: 'Configuration', link: '/docs/configuration' },
      { text: 'Errors', link: '/docs/errors' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: await sidebar(sources),
  },
});
