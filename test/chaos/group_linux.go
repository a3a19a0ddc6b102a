package main

import "syscall"

// ownGroup lets a process live apart from the terminal's Ctrl-C, which is ours to
// answer, and die with us, however we die.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
