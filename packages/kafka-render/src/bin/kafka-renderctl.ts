#!/usr/bin/env node
import { runProgram } from 'kafka-runner';
import { main } from '../renderctl/main.ts';

await runProgram('kafka-renderctl', () => main(process.argv.slice(2)));
