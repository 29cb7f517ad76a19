// Package wsman is the Windows Remote Management service of one simulated machine:
// WS-Management over HTTPS with the remote command shell (WinRS).
//
// It speaks the protocol as Windows does, so that clients of other projects can use
// it unchanged (pywinrm, Ansible, masterzen/winrm, curl). It has shells, commands,
// long polled output, quotas, idle timeouts, faults with the codes of wsmerror.h,
// and NTLM, Kerberos, Basic and certificate logon. A Program runs the command lines.
// Sources: MS-WSMV, MS-NLMP, DSP0226.
//
// A Server can also misbehave on request: see Rule and the methods beside it.
package wsman
