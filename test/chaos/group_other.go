//go:build !linux

package main

import "syscall"

// ownGroup lets a process live apart from the terminal's Ctrl-C, which is ours to
// answer.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
