"""The pages that people see: rendered here, working without JavaScript, in Polish, English and Ukrainian."""
