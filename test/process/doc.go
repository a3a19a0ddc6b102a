// Package process tests the program as operators run it: built once, started
// as processes of its own, stopped and killed, alone and as several replicas.
package process
