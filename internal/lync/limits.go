package lync

import "time"

// How long each write of an Operator may run before its outcome counts as unknown.
// Publishing and setup take minutes. Microsoft's documents name an hour for the failback of
// 20,000 users.
const (
	SettingLimit  = 10 * time.Minute
	ServicesLimit = 20 * time.Minute
	PublishLimit  = 45 * time.Minute
	SetupLimit    = time.Hour
	FailBackLimit = 3 * time.Hour
)
