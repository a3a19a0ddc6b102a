//go:build race

package model_test

// many is how many sequences are played on both engines together. The race
// detector makes each of them several times as slow; without it there are many.
const many = 400
