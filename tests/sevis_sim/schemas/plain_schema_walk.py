"""A second reading of the XSD files, with nothing but lxml: what near misses there must be. Knows nothing of ours."""

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
BUILTIN = XS[1:-1]
NUMBERS = {"short": True, "int": True, "nonNegativeInteger": False}  # bounded above, too, by being built in
CHECKED = {"boolean", "date", "dateTime", "integer", *NUMBERS}


class Walk:
    """``expected`` maps (path, facet) to the place in the XSD files (or the built-in name) that forbids it."""

    def __init__(self, folder, file, root):
        self.parts = {}
        for name in (file, "Common.xsd", "SEVISTable.xsd"):
            schema = etree.parse(str(folder / name)).getroot()
            for part in schema:
                if isinstance(part.tag, str) and part.get("name"):
                    self.parts[part.tag, schema.get("targetNamespace"), part.get("name")] = part
        self.expected = {}
        self.root = root
        self.element(self.parts[f"{XS}element", None, root], root, required=True, behind=False, within=())

    def look(self, tag, name, at):
        prefix, _, local = name.rpartition(":")
        namespace = at.nsmap.get(prefix or None)
        if namespace == BUILTIN:
            return local
        return self.parts[f"{XS}{tag}", namespace, local]

    def kind(self, name, at):
        found = None
        for tag in ("simpleType", "complexType"):
            try:
                found = self.look(tag, name, at)
            except KeyError:
                continue
        assert found is not None, name
        return found

    def add(self, path, facet, component):
        self.expected[path, facet] = component

    def element(self, declared, path, *, required, behind, within):
        line = (etree.ElementTree(declared).docinfo.URL or declared.base, declared.sourceline)
        kind = (
            self.kind(declared.get("type"), declared)
            if declared.get("type")
            else next((each for each in declared if each.tag in (f"{XS}simpleType", f"{XS}complexType")), "anyType")
        )
        abstract = not isinstance(kind, str) and kind.get("abstract") == "true"
        kinds = [(kind, path)]
        if abstract:
            kinds = [(other, f"{path}[{other.get('name')}]") for other in self.derived(kind)]
        if path == self.root:
            self.add(path, "root-name", "root")
            self.add(path, "root-namespace", "root")
        else:
            if required and declared.get("minOccurs", "1") != "0":
                self.add(path, "minOccurs", (line, "min"))
            if declared.get("maxOccurs", "1") != "unbounded":
                self.add(path, "maxOccurs", (line, "max"))
            if behind:
                self.add(path, "order", (line, "order"))
        for each, inner in kinds:
            self.add(inner, "nil-filled" if declared.get("nillable") == "true" else "nillable", (line, "nil"))
            self.add(inner, "xsi-type", (line, "type"))
            if abstract:
                self.add(inner, "xsi-type-missing", (line, "abstract"))
            if each == "anyType":
                continue
            self.add(inner, "unknown-child", (line, "child"))
            self.add(inner, "unknown-attribute", (line, "attribute"))
            if isinstance(each, str) or each.tag == f"{XS}simpleType":
                self.values(each, declared, inner)
            else:
                self.add(inner, "text", (line, "text"))
                if each not in within:
                    self.content(each, inner, (*within, each))

    def derived(self, kind):
        found = []
        for (tag, _, _), part in self.parts.items():
            if tag == f"{XS}complexType" and part.get("abstract") != "true":
                base = part
                while (extension := base.find(f"{XS}complexContent/{XS}extension")) is not None:
                    base = self.kind(extension.get("base"), extension)
                    if base is kind:
                        found.append(part)
                        break
        return found

    def content(self, kind, path, within):
        groups, attributes = [], []
        at = kind
        while True:
            extension = at.find(f"{XS}complexContent/{XS}extension")
            holder = at if extension is None else extension
            groups[:0] = [each for each in holder if each.tag in (f"{XS}sequence", f"{XS}choice", f"{XS}group")]
            attributes[:0] = [each for each in holder if each.tag in (f"{XS}attribute", f"{XS}attributeGroup")]
            if extension is None:
                break
            at = self.kind(extension.get("base"), extension)
        for attribute in attributes:
            self.attribute(attribute, path)
        behind, self.choices = False, 0
        for group in groups:
            behind = self.particle(group, path, True, behind, within) or behind

    def particle(self, particle, path, required, behind, within):
        """Walk a particle; tells whether something stands in it."""
        required = required and particle.get("minOccurs", "1") != "0"
        if particle.tag == f"{XS}group":
            definition = self.look("group", particle.get("ref"), particle)
            inner = next(each for each in definition if each.tag in (f"{XS}sequence", f"{XS}choice"))
            return self.particle(inner, path, required, behind, within)
        if particle.tag == f"{XS}element":
            kept = self.choices
            name = f"{path}/{particle.get('name')}"
            self.element(particle, name, required=required, behind=behind, within=within)
            self.choices = kept
            return True
        members = [
            each for each in particle if each.tag in (f"{XS}sequence", f"{XS}choice", f"{XS}group", f"{XS}element")
        ]
        if particle.tag == f"{XS}choice" and len(members) > 1:
            for member in members:
                self.particle(member, path, False, behind, within)
            self.choices += 1
            number = self.choices if self.choices > 1 else ""
            component = (particle.base, particle.sourceline)
            self.add(path, f"choice{number}-none", (component, "none"))
            self.add(path, f"choice{number}-both", (component, "both"))
            return True
        for member in members:
            behind = self.particle(member, path, required, behind, within) or behind
        return behind

    def attribute(self, attribute, path):
        if attribute.tag == f"{XS}attributeGroup":
            for each in self.look("attributeGroup", attribute.get("ref"), attribute):
                if each.tag in (f"{XS}attribute", f"{XS}attributeGroup"):
                    self.attribute(each, path)
            return
        inner = f"{path}/@{attribute.get('name')}"
        if attribute.get("use") == "required":
            self.add(inner, "required", ((attribute.base, attribute.sourceline), "required"))
        inline = attribute.find(f"{XS}simpleType")
        self.values(inline if inline is not None else self.kind(attribute.get("type"), attribute), attribute, inner)

    def values(self, kind, _at, path):
        counts = {}
        for atom in self.atoms(kind):
            for facet, component in self.facets(atom):
                counts[facet] = counts.get(facet, 0) + 1
                self.add(path, facet if counts[facet] == 1 else f"{facet}-{counts[facet]}", component)

    def atoms(self, kind):
        base = kind
        while not isinstance(base, str):
            union = base.find(f"{XS}union")
            if union is not None:
                named = [self.kind(name, union) for name in union.get("memberTypes", "").split()]
                return [atom for each in (*named, *union.findall(f"{XS}simpleType")) for atom in self.atoms(each)]
            base = self.base(base)
        return [kind]

    def base(self, kind):
        restriction = kind.find(f"{XS}restriction")
        inline = restriction.find(f"{XS}simpleType")
        return inline if inline is not None else self.kind(restriction.get("base"), restriction)

    def facets(self, atom):
        found, bounds, base = [], set(), atom
        seen = set()
        while not isinstance(base, str):
            own = [each for each in base.find(f"{XS}restriction") if isinstance(each.tag, str)]
            names = dict.fromkeys(each.tag.removeprefix(XS) for each in own)
            for name in names:
                if name in ("simpleType", "annotation") or (name in seen and name != "pattern"):
                    continue
                seen.add(name)
                first = next(each for each in own if each.tag == f"{XS}{name}")
                found.append((name, ((first.base, first.sourceline), name)))
            base = self.base(base)
        bounds = seen & {"minInclusive", "maxInclusive"}
        if base in CHECKED:
            found.append((base, base))
        if base in NUMBERS:
            found += [("minInclusive", (base, "min"))] * ("minInclusive" not in bounds)
            found += [("maxInclusive", (base, "max"))] * (NUMBERS[base] and "maxInclusive" not in bounds)
        return found
