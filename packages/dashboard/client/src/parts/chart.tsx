import type { ComponentChild } from 'preact';
import { sayTime } from './say.ts';

interface Series {
  readonly name: string;
  readonly className: string;
  readonly values: readonly number[];
}

interface Props {
  readonly title: string;
  readonly starts: readonly number[];
  /** Bars stand on each other. */
  readonly series: readonly Series[];
}

const [width, height] = [600, 140];

/** Bars over time, and the same as a table for whoever wants numbers. */
export function Chart({ title, starts, series }: Props): ComponentChild {
  const sums = starts.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const highest = Math.max(1, ...sums);
  return (
    <figure>
      <figcaption>
        {title}: at most {highest}
        {series.length > 1 &&
          series.map(({ name, className }) => (
            <span key={name} class={`key ${className}`}>
              {name}
            </span>
          ))}
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title} over time`} preserveAspectRatio="none">
        {starts.map((start, index) => (
          <Column key={start} index={index} count={starts.length} highest={highest} series={series} />
        ))}
      </svg>
      <p class="axis">
        <span>{sayTime(starts[0] ?? null)}</span>
        <span>{sayTime(starts.at(-1) ?? null)}</span>
      </p>
      <details>
        <summary>{title} as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">from</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {starts.map((start, index) => (
              <tr key={start}>
                <td>{sayTime(start)}</td>
                {series.map(({ name, values }) => (
                  <td key={name}>{values[index]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

interface ColumnProps {
  readonly index: number;
  readonly count: number;
  readonly highest: number;
  readonly series: readonly Series[];
}

function Column({ index, count, highest, series }: ColumnProps): ComponentChild {
  const step = width / count;
  let top = height;
  return series.map(({ name, className, values }) => {
    const tall = ((values[index] ?? 0) / highest) * height;
    top -= tall;
    return <rect key={name} class={className} x={index * step} y={top} width={step * 0.85} height={tall} />;
  });
}
