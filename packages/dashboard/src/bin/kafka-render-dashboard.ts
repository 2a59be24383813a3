#!/usr/bin/env node
import { runProgram } from 'kafka-runner';
import { main } from '../main.ts';

await runProgram('kafka-render-dashboard', () => main(process.argv.slice(2)));
