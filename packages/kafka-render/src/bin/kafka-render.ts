#!/usr/bin/env -S node --max-semi-space-size=16
// Objects of a job live shortly: with this the collector takes a seventh off the CPU time of a small job (docs/benchmarks.md).
import { runProgram } from 'kafka-runner';
import { main } from '../main.ts';

await runProgram('kafka-render', () => main(process.argv.slice(2)));
