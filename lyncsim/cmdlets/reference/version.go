package reference

import "slices"

// Version is a product generation, spelled as the reference spells it.
type Version string

// The generations of the product. The reference lists no Subscription Edition;
// it shares the code base of 2019 and therefore its cmdlets.
const (
	Lync2010 Version = "Lync Server 2010"
	Lync2013 Version = "Lync Server 2013"
	SfB2015  Version = "Skype for Business Server 2015"
	SfB2019  Version = "Skype for Business Server 2019"
	SfBSE    Version = "Skype for Business Server Subscription Edition"
)

// Versions lists the generations, oldest first.
func Versions() []Version { return []Version{Lync2010, Lync2013, SfB2015, SfB2019, SfBSE} }

// listed is the name under which the reference lists the version.
func (v Version) listed() string {
	if v == SfBSE {
		return string(SfB2019)
	}
	return string(v)
}

// appliesTo reports whether a list of versions includes v. An absent list means that
// the reference names no versions; the parameter then exists wherever the cmdlet
// exists.
func appliesTo(list []string, v Version) bool {
	return list == nil || slices.Contains(list, v.listed())
}
