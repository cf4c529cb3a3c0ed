#!/bin/sh
# The model's costs, rows and sizes against the planner's and against indexes that were built.
exec "${BUILD:-build}/bench/model"
