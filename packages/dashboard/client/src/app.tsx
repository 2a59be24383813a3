import type { ComponentChild } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { About } from '../../src/api.ts';
import { ActivityPage } from './pages/activity-page.tsx';
import { JobPage } from './pages/job-page.tsx';
import { JobsPage } from './pages/jobs-page.tsx';
import { WorkersPage } from './pages/workers-page.tsx';
import { useConnection, useLive } from './live.ts';

const pages = [
  { path: '/jobs', title: 'Jobs' },
  { path: '/workers', title: 'Workers' },
  { path: '/activity', title: 'Activity' },
] as const;

export function App(): ComponentChild {
  const path = usePath();
  const connection = useConnection();
  const { data: about } = useLive<About>('/api/about', ({ jobs, workers }) => jobs === null && workers);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    // Whoever follows a link by the keyboard or with a screen reader goes on where the new page begins.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [path]);
  return (
    <>
      <header class="top">
        <a class="brand" href="#/jobs">
          Kafka Render
        </a>
        <nav aria-label="Pages">
          {pages.map((page) => (
            <a key={page.path} href={`#${page.path}`} aria-current={path.startsWith(page.path) ? 'page' : undefined}>
              {page.title}
            </a>
          ))}
        </nav>
        <p role="status" class={`connection ${connection}`}>
          {connection === 'lost' ? 'connection lost, trying again' : connection}
        </p>
      </header>
      <main ref={main} tabIndex={-1}>
        {about && <Page path={path} about={about} />}
      </main>
    </>
  );
}

function Page({ path, about }: { readonly path: string; readonly about: About }): ComponentChild {
  const [, partition, offset] = /^\/jobs\/(\d+)\/(\d+)$/.exec(path) ?? [];
  if (partition !== undefined && offset !== undefined)
    return <JobPage key={path} place={`${partition}/${offset}`} about={about} />;
  if (path.startsWith('/workers')) return <WorkersPage about={about} />;
  if (path.startsWith('/activity')) return <ActivityPage />;
  return <JobsPage />;
}

/** What stands behind the `#`. */
function usePath(): string {
  const [path, setPath] = useState(location.hash.slice(1));
  useEffect(() => {
    const update = (): void => setPath(location.hash.slice(1));
    window.addEventListener('hashchange', update);
    // It may have changed before this was listening.
    update();
    return () => window.removeEventListener('hashchange', update);
  }, []);
  return path === '' ? '/jobs' : path;
}
