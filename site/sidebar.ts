import { glob } from 'node:fs/promises';
import path from 'node:path';
import { titleOf } from './page-title.ts';

/** The pages by what somebody wants to do. What stands in none of these lists comes at the end of the reference. */
const groups = {
  'First hours': ['docs/first-frame', 'docs/writing-a-runner', 'docs/from-the-python-runner', 'docs/troubleshooting'],
  'Running a farm': [
    'docs/production-checklist',
    'docs/operations',
    'docs/containers',
    'docs/security',
    'docs/failures',
  ],
  Reference: ['docs/configuration', 'docs/errors', 'docs/provenance', 'docs/scenes-and-frames', 'docs/glossary'],
  'How it works': [
    'docs/how-a-job-flows',
    'DESIGN',
    'docs/resident-programs',
    'docs/reliability',
    'docs/benchmarks',
    'docs/kafka',
    'docs/supply-chain',
    'CONTRIBUTING',
    'CHANGELOG',
  ],
};

interface Item {
  readonly text: string;
  readonly link?: string;
  readonly items?: Item[];
  readonly collapsed?: boolean;
}

/** The sidebar of the site whose pages lie in the folder. */
export async function sidebar(sources: string): Promise<Item[]> {
  const linkTo = async (page: string): Promise<Item> => ({
    text: await titleOf(path.join(sources, `${page}.md`)),
    link: `/${page}`,
  });
  const listed = new Set(Object.values(groups).flat());
  const rest = (await pagesIn(sources, 'docs')).filter((page) => !listed.has(page));
  const items = Object.entries(groups).map(async ([text, pages]) => {
    const all = text === 'Reference' ? [...pages, ...rest, 'api/index'] : pages;
    return { text, items: await Promise.all(all.map(linkTo)) };
  });
  const decisions = (await pagesIn(sources, 'docs/decisions')).filter((page) => !page.endsWith('/index'));
  return [
    ...(await Promise.all(items)),
    { text: 'Decisions', collapsed: true, items: await Promise.all(decisions.map(linkTo)) },
  ];
}

async function pagesIn(sources: string, folder: string): Promise<string[]> {
  const files = await Array.fromAsync(glob(`${folder}/*.md`, { cwd: sources }));
  return files.map((file) => file.replace(/\.md$/, '')).toSorted();
}
